/** Returns a template of the Aurelia 1 demo for Aurelia 2, which has no `.delegate`, no `<require>` and no root `<template>`. */
export function aurelia2Template(template: string): string {
  return template
    .replaceAll('.delegate=', '.trigger=')
    .replace(/^\s*<template>/, '')
    .replaceAll(/<require [^>]*><\/require>/g, '')
    .replace(/<\/template>\s*$/, '');
}
