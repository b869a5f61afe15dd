export class Goodbye {}
