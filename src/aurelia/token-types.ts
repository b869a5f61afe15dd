import type { ResponseBody } from './rest-client.js';

/** The claims that the app declares. Without a declaration nothing is checked, as in aurelia-authentication. */
export type TokenPayload<Claims extends object> = object extends Claims ? ResponseBody : Claims;

/** What may be missing. An app that declares no claims is not told, as in aurelia-authentication. */
export type Missable<Claims extends object, Value> = object extends Claims ? NonNullable<Value> : Value;
