// For views that require it: <require from="aurelia-auth-refresh/authenticatedValueConverter"></require>
export { AuthenticatedValueConverter } from './aurelia/value-converters.js';
