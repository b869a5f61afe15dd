export class Welcome {}
