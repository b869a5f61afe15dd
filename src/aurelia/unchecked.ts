/** A value of a type that the app knows. Nothing is checked, as in aurelia-authentication. */
export type Unchecked = ReturnType<JSON['parse']>;
