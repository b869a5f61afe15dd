/** The package that the application uses. */
export const predecessorName = 'aurelia-authentication';

/** Its main module exports these, and so does ours. */
export const exportedNames: ReadonlySet<string> = new Set([
  'AuthFilterValueConverter',
  'AuthLock',
  'AuthService',
  'AuthenticateStep',
  'AuthenticatedFilterValueConverter',
  'AuthenticatedValueConverter',
  'Authentication',
  'AuthorizeStep',
  'BaseConfig',
  'FetchConfig',
  'OAuth1',
  'OAuth2',
  'Popup',
  'Storage',
  'configure',
  'logger',
]);

/** The classes of members that hold another object of the package. */
const classesOfMembers: Readonly<Record<string, string>> = {
  'AuthService.auth': 'Authentication',
  'AuthService.authentication': 'Authentication',
  'AuthService.config': 'BaseConfig',
  'AuthenticateStep.authService': 'AuthService',
  'Authentication.auth0Lock': 'AuthLock',
  'Authentication.config': 'BaseConfig',
  'Authentication.oAuth1': 'OAuth1',
  'Authentication.oAuth2': 'OAuth2',
  'Authentication.storage': 'Storage',
  'AuthorizeStep.authService': 'AuthService',
  'FetchConfig.authService': 'AuthService',
  'FetchConfig.config': 'BaseConfig',
};

/** Members without a row of their own in the compatibility run: other objects, and methods that a whole class stands for. */
const membersBeside: ReadonlySet<string> = new Set([
  ...Object.keys(classesOfMembers),
  'AuthFilterValueConverter.toView',
  'AuthService.bindingSignaler',
  'AuthService.eventAggregator',
  'AuthenticateStep.run',
  'AuthenticatedFilterValueConverter.toView',
  'AuthenticatedValueConverter.toView',
  'AuthorizeStep.run',
  'FetchConfig.clientConfig',
  'FetchConfig.httpClient',
  'Popup.eventListener',
  'Popup.open',
  'Popup.pollPopup',
  'Storage.get',
  'Storage.remove',
  'Storage.set',
]);

/** The class of an object that a member of another object holds. */
export function classOfMember(owner: string, member: string): string | undefined {
  return classesOfMembers[`${owner}.${member}`];
}

/** Whether the main classes have the member, as `AuthService.login`. */
export function isKnownMember(member: string, compared: Readonly<Record<string, unknown>>): boolean {
  return Object.keys(compared).includes(member) || membersBeside.has(member);
}

/** Whether a module is the package or a part of it. */
export function isPredecessor(module: string): boolean {
  return module === predecessorName || module.startsWith(`${predecessorName}/`);
}
