import { mkdtemp, readFile, rm } from 'node:fs/promises';
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
/** By the name of the door's page. */
const doors = {
  core: 'core',
  aurelia: 'index',
  oidc: 'oidc',
  'aurelia-api': 'aurelia-api',
  server: 'server',
  express: 'express',
  testing: 'testing',
};

/** The public names of every door with what their docstrings say. */
export interface Reference {
  /** Markdown by its path in the repository. */
  readonly pages: ReadonlyMap<string, string>;
  /** Names without a docstring, links to nowhere. */
  readonly complaints: readonly string[];
}

const markdown: Partial<PluginOptions> = {
  outputFileStrategy: 'modules',
  hideBreadcrumbs: true,
  hidePageHeader: true,
  hideGroupHeadings: true,
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

/** Reads the source and writes nothing. */
export async function reference(): Promise<Reference> {
  const complaints = new Complaints();
  const app = await Application.bootstrapWithPlugins({
    ...markdown,
    entryPoints: Object.values(doors).map(door => join(root, `src/${door}.ts`)),
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
    const pages = Object.keys(doors).map(async name => {
      const text = await readFile(join(folder, `${name}.md`), 'utf8');
      return [`doc/reference/${name}.md`, withoutRepetition(text)] as const;
    });
    return { pages: new Map(await Promise.all(pages)), complaints: complaints.all };
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Leaves out what is inherited, and how the container makes what it injects. */
function shorten({ project }: Context): void {
  for (const door of project.children ?? []) {
    door.name = Object.entries(doors).find(([, file]) => file === door.name)?.[0] ?? door.name;
  }
  for (const parameter of project.getReflectionsByKind(ReflectionKind.Parameter)) {
    if (parameter.name === '__namedParameters') parameter.name = 'options';
  }
  for (const type of project.getReflectionsByKind(ReflectionKind.ClassOrInterface) as DeclarationReflection[]) {
    const isInjected = type.children?.some(({ name }) => name === 'inject') === true;
    for (const member of [...(type.children ?? [])]) {
      const isWiring = isInjected && (member.name === 'inject' || member.kind === ReflectionKind.Constructor);
      if (isWiring || member.inheritedFrom) project.removeReflection(member);
    }
  }
}

/** What a signature returns stands in it; said again, it says something only where it is a link or has a text. */
function withoutRepetition(text: string): string {
  return text.replace(/^#+ Returns\n\n(?!.*\]\().+\n\n(?=#|\*\*\*)/gm, '');
}

class Complaints extends Logger {
  readonly all: string[] = [];

  override log(message: string, level: LogLevel): void {
    if (level >= 2) this.all.push(message);
  }
}
