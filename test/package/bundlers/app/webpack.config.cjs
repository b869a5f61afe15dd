const { join } = require('node:path');
const { AureliaPlugin } = require('aurelia-webpack-plugin');

module.exports = {
  mode: 'production',
  entry: { main: 'aurelia-bootstrapper' },
  output: { path: join(__dirname, 'webpack'), filename: 'app.js', publicPath: 'webpack/' },
  resolve: { modules: [join(__dirname, 'src'), 'node_modules'], extensions: ['.js'] },
  module: { rules: [{ test: /\.html$/, loader: 'html-loader' }] },
  plugins: [new AureliaPlugin()],
  performance: { hints: false },
};
