// For views that require it: <require from="aurelia-auth-refresh/authenticatedFilterValueConverter"></require>
export { AuthenticatedFilterValueConverter } from './aurelia/value-converters.js';
