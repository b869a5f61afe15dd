import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  Application,
  type Context,
  Converter,
  type DeclarationReflection,
  Logger,
  type LogLevel,
  ReflectionKind,
} from 'typedoc';
import type { PluginOptions } from 'typedoc-plugin-markdown';

const root = join(import.meta.dirname, '../..');
const packageName = 'aurelia-auth-refresh';
/** Source file of each entry point, by the name of its folder. */
export const entryPoints = {
  core: 'core',
  aurelia: 'index',
  aurelia2: 'aurelia2',
  oidc: 'oidc',
  'aurelia-api': 'aurelia-api',
  server: 'server',
  express: 'express',
  testing: 'testing',
  devtools: 'devtools',
};

/** The public names of every entry point, from their docstrings. */
export interface Reference {
  /** Markdown by its path in the repository. */
  readonly pages: ReadonlyMap<string, string>;
  /** Public names without a docstring, and broken links. */
  readonly complaints: readonly string[];
}

const markdown: Partial<PluginOptions> = {
  outputFileStrategy: 'members',
  entryFileName: 'README',
  modulesFileName: 'README',
  membersWithOwnFile: ['Class', 'Function', 'Interface', 'TypeAlias', 'Variable'],
  hideBreadcrumbs: true,
  hidePageHeader: true,
  useCodeBlocks: true,
  useHTMLAnchors: true,
  parametersFormat: 'table',
  interfacePropertiesFormat: 'table',
  classPropertiesFormat: 'table',
  typeAliasPropertiesFormat: 'table',
  propertyMembersFormat: 'table',
  typeDeclarationFormat: 'table',
  tableColumnSettings: { hideDefaults: true, hideModifiers: true },
  pageTitleTemplates: { module: ({ name }) => (name === 'aurelia' ? packageName : `${packageName}/${name}`) },
};

/** Returns the pages without writing them. */
export async function reference(): Promise<Reference> {
  const complaints = new Complaints();
  const app = await Application.bootstrapWithPlugins({
    ...markdown,
    entryPoints: Object.values(entryPoints).map(file => join(root, `src/${file}.ts`)),
    tsconfig: join(root, 'tsconfig.json'),
    plugin: ['typedoc-plugin-markdown'],
    name: packageName,
    readme: 'none',
    logLevel: 'Warn',
    excludePrivate: true,
    excludeProtected: true,
    excludeExternals: true,
    excludeInternal: true,
    disableSources: true,
    disableGit: true,
    groupOrder: [
      'Constructors',
      'Properties',
      'Accessors',
      'Methods',
      'Classes',
      'Functions',
      'Variables',
      'Interfaces',
      'Type Aliases',
      'References',
    ],
    requiredToBeDocumented: ['Class', 'Function', 'Variable', 'Interface', 'TypeAlias', 'Method'],
    validation: { notDocumented: true, invalidLink: true, notExported: false },
  } as Parameters<typeof Application.bootstrapWithPlugins>[0]);
  app.logger = complaints;
  app.converter.on(Converter.EVENT_RESOLVE_END, shorten);
  const project = await app.convert();
  if (!project) throw new Error(complaints.all.join('\n'));
  app.validate(project);
  const folder = await mkdtemp(join(tmpdir(), 'reference-'));
  try {
    await app.outputs.writeOutput({ name: 'markdown', path: folder }, project);
    const files = (await readdir(folder, { recursive: true })).filter(name => /[\\/].*\.md$/.test(name));
    const pages = files.map(async name => {
      const text = await readFile(join(folder, name), 'utf8');
      return [`doc/reference/${name.replaceAll('\\', '/')}`, withoutRepetition(text)] as const;
    });
    return { pages: new Map(await Promise.all(pages)), complaints: complaints.all };
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Removes inherited members, and constructors that only the container calls. */
function shorten({ project }: Context): void {
  for (const module of project.children ?? []) {
    module.name = Object.entries(entryPoints).find(([, file]) => file === module.name)?.[0] ?? module.name;
  }
  for (const parameter of project.getReflectionsByKind(ReflectionKind.Parameter)) {
    if (parameter.name === '__namedParameters') parameter.name = 'options';
  }
  for (const type of project.getReflectionsByKind(ReflectionKind.ClassOrInterface) as DeclarationReflection[]) {
    const isInjected = type.children?.some(({ name }) => name === 'inject') === true;
    for (const member of [...(type.children ?? [])]) {
      const isWiring = isInjected && (member.name === 'inject' || member.kind === ReflectionKind.Constructor);
      if (isWiring || isDocumentedElsewhere(member)) project.removeReflection(member);
    }
  }
}

/** Whether a member is inherited from an exported or external class. The members of an inner base class have no other page. */
function isDocumentedElsewhere({ inheritedFrom, flags }: DeclarationReflection): boolean {
  return inheritedFrom !== undefined && (inheritedFrom.reflection !== undefined || flags.isExternal);
}

/** Removes the section of a return type that the signature shows already, unless it contains a link or a description. */
function withoutRepetition(text: string): string {
  return text.replace(/^#+ Returns\n\n(?!.*\]\().+\n\n(?=#|\*\*\*)/gm, '');
}

class Complaints extends Logger {
  readonly all: string[] = [];

  override log(message: string, level: LogLevel): void {
    if (level >= 2) this.all.push(message);
  }
}
