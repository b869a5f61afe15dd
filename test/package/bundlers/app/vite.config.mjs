export default {
  base: './',
  logLevel: 'error',
  // Its "module" has classes that those of other packages, which are functions, cannot extend.
  resolve: { alias: { 'aurelia-router': 'aurelia-router/dist/native-modules/aurelia-router.js' } },
  build: { outDir: 'vite', target: 'es2022', rollupOptions: { input: 'vite.html' } },
};
