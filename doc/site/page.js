/** Draws the page's diagrams, and folds the menu on small screens. */
const narrow = matchMedia('(max-width: 60rem)');
const dark = matchMedia('(prefers-color-scheme: dark)');
const { mermaid: drawing } = document.currentScript.dataset;
const diagrams = [...document.querySelectorAll('pre.mermaid')].map(element => ({ element, text: element.textContent }));

const menu = document.getElementById('menu');
const current = menu.querySelector('[aria-current]');

menu.open = !narrow.matches;
if (current) menu.scrollTop = current.offsetTop - menu.clientHeight / 2;
narrow.addEventListener('change', () => {
  menu.open = !narrow.matches;
});

if (diagrams.length > 0) {
  const script = document.createElement('script');
  script.src = drawing;
  script.addEventListener('load', draw);
  dark.addEventListener('change', draw);
  document.head.append(script);
}

async function draw() {
  mermaid.initialize({
    startOnLoad: false,
    theme: dark.matches ? 'dark' : 'neutral',
    fontFamily: getComputedStyle(document.body).fontFamily,
  });
  for (const { element, text } of diagrams) {
    element.removeAttribute('data-processed');
    element.textContent = text;
  }
  await mermaid.run({ nodes: diagrams.map(({ element }) => element) });
}
