/** Why a behaviour is not tried with some contestants. */

export const sendsNothing = 'it sends no requests: the application does';
