import type { Node } from '@babel/types';

/** One use of a member or an option, before it is judged. */
export interface Use {
  /** Such as `AuthService.login` or `BaseConfig.storage`. */
  readonly member: string;
  readonly kind: 'call' | 'read' | 'write' | 'override' | 'option';
  readonly file: string;
  /** The first line is 1, and so is the first column. */
  readonly line: number;
  readonly column: number;
  /** The arguments of a call. */
  readonly args?: readonly Node[];
  /** The value that an option gets. */
  readonly value?: Node;
  /** Whether the application handles an error of the call. */
  readonly isErrorHandled?: boolean;
}

/** Where a node begins. The first line is 1, and so is the first column. */
export function positionOf(node: Node): { readonly line: number; readonly column: number } {
  const { line = 1, column = 0 } = node.loc?.start ?? {};
  return { line, column: column + 1 };
}
