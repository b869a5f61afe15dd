export default {
  base: './',
  logLevel: 'error',
  // Its "module" build contains classes that the functions of other packages cannot extend.
  resolve: { alias: { 'aurelia-router': 'aurelia-router/dist/native-modules/aurelia-router.js' } },
  build: { outDir: 'vite', target: 'es2022', rollupOptions: { input: 'vite.html' } },
};
