// Filters of the cards. Without this script every card is there all the same.
(() => {
  'use strict';
  const filters = document.querySelector('.filters');
  if (!filters) return;
  const cards = [...document.querySelectorAll('.card')].map((element) => ({
    element,
    flags: element.dataset.flags.split(' '),
    text: element.querySelector('.text').textContent.toLowerCase(),
  }));
  const all = filters.querySelector('button[data-flag=""]');
  const flags = [...filters.querySelectorAll('button')].filter(
      (button) => button !== all);
  const search = filters.querySelector('input');
  const shown = filters.querySelector('output');

  const isPressed = (button) =>
    button.getAttribute('aria-pressed') === 'true';
  const press = (button, pressed) =>
    button.setAttribute('aria-pressed', String(pressed));

  const update = () => {
    const wanted = flags.filter(isPressed)
        .map((button) => button.dataset.flag);
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    for (const card of cards) {
      const matches =
          (wanted.length === 0 ||
           wanted.some((flag) => card.flags.includes(flag))) &&
          words.every((word) => card.text.includes(word));
      card.element.hidden = !matches;
      card.element.tabIndex = matches && count === 0 ? 0 : -1;
      if (matches) count += 1;
    }
    press(all, wanted.length === 0);
    shown.textContent = `${count} of ${cards.length} shown`;
  };

  filters.addEventListener('click', (event) => {
    const button = event.target.closest('button');
    if (!button) return;
    if (button === all) {
      for (const other of flags) press(other, false);
    } else {
      press(button, !isPressed(button));
    }
    update();
  });
  search.addEventListener('input', update);

  // One stop of the tab key for all cards; arrows go from one to the next.
  document.querySelector('.cards').addEventListener('keydown', (event) => {
    const visible = cards.map((card) => card.element)
        .filter((element) => !element.hidden);
    const here = visible.indexOf(document.activeElement);
    if (here < 0) return;
    const to = {
      ArrowRight: here + 1,
      ArrowDown: here + 1,
      ArrowLeft: here - 1,
      ArrowUp: here - 1,
      Home: 0,
      End: visible.length - 1,
    }[event.key];
    if (to === undefined || !visible[to]) return;
    event.preventDefault();
    visible[here].tabIndex = -1;
    visible[to].tabIndex = 0;
    visible[to].focus();
  });

  filters.hidden = false;
  update();
})();
