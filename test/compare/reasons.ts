/** Reasons why a behaviour does not apply to some clients. */

export const sendsNothing = 'it sends no requests: the application does';
