// For views that require it: <require from="aurelia-auth-refresh/authFilterValueConverter"></require>
export { AuthFilterValueConverter } from './aurelia/value-converters.js';
