const path = require('path');
const { AureliaPlugin, ModuleDependenciesPlugin } = require('aurelia-webpack-plugin');

module.exports = {
  resolve: {
    alias: {
      'aurelia-authentication': path.resolve(__dirname, 'node_modules/aurelia-authentication/dist/es2015'), // change
      'aurelia-fetch-client': path.resolve(__dirname, 'node_modules/aurelia-fetch-client'),
    },
  },
  plugins: [
    new AureliaPlugin(),
    new ModuleDependenciesPlugin({
      'aurelia-authentication': ['./authFilterValueConverter'], // change
    }),
  ],
};
