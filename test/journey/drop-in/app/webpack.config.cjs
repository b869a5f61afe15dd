const { join } = require('node:path');
const { AureliaPlugin, ModuleDependenciesPlugin } = require('aurelia-webpack-plugin');

module.exports = {
  mode: 'production',
  entry: { main: 'aurelia-bootstrapper' },
  output: { path: join(__dirname, 'served'), filename: 'app.js' },
  resolve: { modules: [join(__dirname, 'src'), 'node_modules'], extensions: ['.js'] },
  module: { rules: [{ test: /\.html$/, loader: 'html-loader' }] },
  // Takes half the time.
  optimization: { minimize: false },
  plugins: [
    new AureliaPlugin(),
    new ModuleDependenciesPlugin({ 'aurelia-authentication': ['./authFilterValueConverter'] }),
  ],
  performance: { hints: false },
};
