import { join } from 'node:path';
import ts from 'typescript';

const root = join(import.meta.dirname, '../..');

/** Checks the types of changed source files. */
export class TypeCheck {
  private readonly overrides = new Map<string, { readonly text: string; readonly version: string }>();
  private readonly service: ts.LanguageService;
  private version = 0;

  constructor() {
    const config = ts.getParsedCommandLineOfConfigFile(
      join(root, 'tsconfig.json'),
      {},
      {
        ...ts.sys,
        onUnRecoverableConfigFileDiagnostic: () => undefined,
      },
    );
    const { fileNames = [], options = {} } = config ?? {};
    this.service = ts.createLanguageService({
      getScriptFileNames: () => fileNames,
      getScriptVersion: file => this.overrides.get(file)?.version ?? '0',
      getScriptSnapshot: file => {
        const text = this.overrides.get(file)?.text ?? ts.sys.readFile(file);
        return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
      },
      getCurrentDirectory: () => root,
      getCompilationSettings: () => options,
      getDefaultLibFileName: ts.getDefaultLibFilePath,
      fileExists: ts.sys.fileExists,
      readFile: ts.sys.readFile,
      readDirectory: ts.sys.readDirectory,
      directoryExists: ts.sys.directoryExists,
      getDirectories: ts.sys.getDirectories,
    });
  }

  /** Whether `source` has no syntax error. */
  parses(file: string, source: string): boolean {
    const { diagnostics = [] } = ts.transpileModule(source, { fileName: file, reportDiagnostics: true });
    return diagnostics.length === 0;
  }

  /** Whether `source` in place of `file` has no type error of its own. */
  accepts(file: string, source: string): boolean {
    const path = join(root, file);
    this.version += 1;
    this.overrides.set(path, { text: source, version: String(this.version) });
    const errors = this.service.getSemanticDiagnostics(path);
    this.overrides.delete(path);
    return errors.length === 0;
  }
}
