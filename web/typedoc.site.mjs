/** The API reference as Markdown, for the site that `make docs` builds. */

/** What is imported: 'percepnet', 'percepnet/jitsi'. */
const importedAs = ({ name }) => name.replace(/^index$|^integrations/, 'percepnet');

export default {
  extends: ['./typedoc.json'],
  plugin: ['typedoc-plugin-markdown'],
  out: '../build/docs-src/typescript',
  skipErrorChecking: true, // `npm run check` does that
  entryFileName: 'index',
  hideBreadcrumbs: true,
  hidePageHeader: true,
  useCodeBlocks: true,
  expandParameters: true,
  parametersFormat: 'table',
  pageTitleTemplates: { module: importedAs, member: ({ name }) => name },
};
