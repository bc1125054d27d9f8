// Draws the polygons and footprints that the page carries. Flat around their
// middle: for a few hundred kilometres, not for continents.
(() => {
  'use strict';
  const SVG = 'http://www.w3.org/2000/svg';
  const MOST_ROWS = 2000;
  const read = (element) => {
    try {
      return JSON.parse(element.textContent);
    } catch (error) {
      return null;
    }
  };
  const data = read(document.querySelector('#frames'));
  const svg = document.querySelector('#map');
  const list = document.querySelector('#list tbody');
  const details = document.querySelector('#details');
  const said = document.querySelector('#said');
  if (!data || !svg) return;

  const make = (name, attributes, parent) => {
    const element = document.createElementNS(SVG, name);
    for (const key of Object.keys(attributes)) {
      element.setAttribute(key, attributes[key]);
    }
    if (parent) parent.append(element);
    return element;
  };
  const html = (name, text, parent) => {
    const element = document.createElement(name);
    if (text !== undefined) element.textContent = text;
    if (parent) parent.append(element);
    return element;
  };
  const areaText = (m2) =>
    m2 < 99.95 ? `${m2.toFixed(1)} m²` :
    m2 < 9999.5 ? `${m2.toFixed(0)} m²` :
    m2 < 999950 ? `${(m2 / 1e4).toFixed(2)} ha` :
    `${(m2 / 1e6).toFixed(2)} km²`;
  const valueText = (value) =>
    typeof value !== 'number' || Number.isInteger(value) ? String(value) :
    Math.abs(value) < 100 ? String(+value.toPrecision(4)) : value.toFixed(1);
  // The name of the file, without its folder.
  const shortened = (name) => {
    const file = name.slice(name.lastIndexOf('/') + 1);
    return file.length > 40 ? '…' + file.slice(-39) : file;
  };
  const lengthText = (m) =>
    m < 1 ? `${+(m * 100).toPrecision(3)} cm` :
    m < 1000 ? `${+m.toPrecision(3)} m` : `${+(m / 1000).toPrecision(3)} km`;

  // Features, each with its frame; lost ones are said.
  const features = [];
  let unreadable = 0;
  for (const block of document.querySelectorAll('script.polygons')) {
    const collection = read(block);
    if (!collection || !Array.isArray(collection.features)) {
      unreadable += 1;
      continue;
    }
    const frame = data.frames[Number(block.dataset.frame)];
    for (const feature of collection.features) {
      const geometry = feature.geometry || {};
      const polygons = geometry.type === 'Polygon' ? [geometry.coordinates] :
        geometry.type === 'MultiPolygon' ? geometry.coordinates : [];
      if (polygons.length === 0) continue;
      features.push({frame, polygons, properties: feature.properties || {}});
    }
  }

  // Degrees to metres around the middle, which is where the first point is;
  // longitudes go the shorter way round.
  const anyPoint = () => {
    for (const frame of data.frames) {
      if (frame.footprint && frame.footprint.length) return frame.footprint[0];
    }
    return features.length ? features[0].polygons[0][0][0] : [0, 0];
  };
  const origin = anyPoint();
  const radians = Math.PI / 180;
  const sine = Math.sin(origin[1] * radians);
  const root = Math.sqrt(1 - 0.00669437999014 * sine * sine);
  const perLongitude =
      6378137 / root * Math.cos(origin[1] * radians) * radians;
  const perLatitude =
      6378137 * (1 - 0.00669437999014) / (root * root * root) * radians;
  const toMetres = ([longitude, latitude]) => {
    let east = (longitude - origin[0]) % 360;
    if (east > 180) east -= 360;
    if (east < -180) east += 360;
    return [east * perLongitude, (latitude - origin[1]) * perLatitude];
  };
  const wrapped = (longitude) =>
    ((longitude + 180) % 360 + 360) % 360 - 180;

  const bounds = () => [Infinity, Infinity, -Infinity, -Infinity];
  const grow = (box, [x, y]) => {
    box[0] = Math.min(box[0], x);
    box[1] = Math.min(box[1], y);
    box[2] = Math.max(box[2], x);
    box[3] = Math.max(box[3], y);
  };
  const everything = bounds();
  const pathOf = (rings, box) => rings.map((ring) => 'M' + ring.map((point) => {
    const metres = toMetres(point);
    grow(box, metres);
    grow(everything, metres);
    return `${metres[0].toFixed(3)} ${(-metres[1]).toFixed(3)}`;
  }).join('L') + 'Z').join('');

  const grid = make('g', {class: 'grid'}, svg);
  const world = make('g', {class: 'world'}, svg);
  const numbers = make('g', {class: 'numbers'}, svg);
  const marks = make('g', {class: 'marks'}, svg);

  for (const frame of data.frames) {
    if (!frame.footprint || frame.footprint.length === 0) continue;
    frame.box = bounds();
    const path = make('path', {
      class: 'footprint', d: pathOf([frame.footprint], frame.box)}, world);
    make('title', {}, path).textContent = frame.name;
  }

  // Classes, with what there is of each.
  const classes = new Map();
  const colorOf = (label) => (data.classes[label] || {}).color || '#D55E00';
  for (const feature of features) {
    const label = feature.properties.label;
    const known = data.classes[label] || {};
    feature.name = feature.properties.class || known.name || `label ${label}`;
    feature.area = Number(feature.properties.area_m2) || 0;
    feature.color = colorOf(label);
    if (!classes.has(label)) {
      classes.set(label, {name: feature.name, color: feature.color,
        count: 0, area: 0, shown: true});
    }
    classes.get(label).count += 1;
    classes.get(label).area += feature.area;
  }
  features.sort((a, b) => b.area - a.area);

  let selected = null;
  const show = (feature) => {
    details.replaceChildren();
    if (!feature) {
      html('p', 'Point at a polygon or a line of the list; a click keeps it.',
          details);
      return;
    }
    const heading = html('h2', `${feature.name}, ${areaText(feature.area)}`,
        details);
    const swatch = html('span', undefined);
    swatch.className = 'swatch';
    swatch.style.background = feature.color;
    heading.prepend(swatch);
    const table = html('dl', undefined, details);
    const row = (name, value) => {
      html('dt', name, table);
      html('dd', value, table);
    };
    row('frame', feature.frame.name);
    for (const [name, value] of Object.entries(feature.properties)) {
      if (name === 'label' || name === 'class' || value === null) continue;
      row(name.replaceAll('_', ' '), Array.isArray(value) ?
          value.join(', ') : valueText(value));
    }
  };
  const mark = (feature, name, on) => {
    if (!feature) return;
    feature.path.classList.toggle(name, on);
    if (feature.row) feature.row.classList.toggle(name, on);
  };
  const select = (feature) => {
    mark(selected, 'selected', false);
    selected = selected === feature ? null : feature;
    mark(selected, 'selected', true);
    show(selected);
    if (selected && selected.row) {
      selected.row.scrollIntoView({block: 'nearest'});
    }
  };
  const point = (feature, on) => {
    mark(feature, 'pointed', on);
    show(on ? feature : selected);
  };
  const follow = (element, feature) => {
    element.addEventListener('pointerenter', () => point(feature, true));
    element.addEventListener('pointerleave', () => point(feature, false));
    element.addEventListener('click', () => select(feature));
  };

  // The largest first, so that smaller ones lie on top.
  features.forEach((feature, index) => {
    feature.box = bounds();
    feature.path = make('path', {
      'class': 'feature', 'fill': feature.color, 'stroke': feature.color,
      'fill-rule': 'evenodd', 'd': feature.polygons.map(
          (rings) => pathOf(rings, feature.box)).join('')}, world);
    follow(feature.path, feature);
    if (index >= MOST_ROWS) return;
    feature.row = html('tr', undefined, list);
    feature.row.tabIndex = 0;
    const name = html('td', undefined, feature.row);
    name.className = 'class';
    const swatch = html('span', undefined, name);
    swatch.className = 'swatch';
    swatch.style.background = feature.color;
    name.append(feature.name);
    html('td', areaText(feature.area), feature.row).className = 'number';
    const file = html('td', shortened(feature.frame.name), feature.row);
    file.className = 'frame';
    file.title = feature.frame.name;
    follow(feature.row, feature);
    feature.row.addEventListener('keydown', (event) => {
      if (event.key === 'Enter' || event.key === ' ') {
        event.preventDefault();
        select(feature);
        bring(feature);
      }
    });
    feature.row.addEventListener('click', () => bring(feature));
    feature.row.addEventListener('dblclick', () => fit(feature.box));
  });

  // What is seen: the middle in metres, pixels to a metre.
  const view = {x: 0, y: 0, scale: 1};
  const size = () => [svg.clientWidth || 800, svg.clientHeight || 500];
  const nice = (most) => {
    const power = 10 ** Math.floor(Math.log10(most));
    return [5, 2, 1].map((digit) => digit * power)
        .find((step) => step <= most);
  };
  // Steps of degrees that people read: decimals, never minutes.
  const degrees = (value, step, positive, negative) => {
    const digits = Math.max(0, Math.ceil(-Math.log10(step) - 1e-9));
    return `${Math.abs(value).toFixed(digits)}° ` +
        (value < 0 ? negative : positive);
  };
  const line = (x1, y1, x2, y2, parent) =>
    make('line', {x1, y1, x2, y2}, parent);
  const write = (text, x, y, anchor, parent) => {
    make('text', {x, y, 'text-anchor': anchor}, parent).textContent = text;
  };

  // Below the scale bar and beside the arrow of north no numbers are written.
  const drawGrid = (width, height) => {
    grid.replaceChildren();
    numbers.replaceChildren();
    const left = origin[0] + (view.x - width / 2 / view.scale) / perLongitude;
    const east = width / view.scale / perLongitude;
    const stepX = nice(Math.max(east / 3, 1e-7));
    for (let i = Math.ceil(left / stepX); i * stepX < left + east; ++i) {
      const x = (i * stepX - left) / east * width;
      line(x, 0, x, height, grid);
      if (x > width - 290 && x > width / 2) continue;
      write(degrees(wrapped(i * stepX), stepX, 'E', 'W'), x + 4, height - 8,
          'start', numbers);
    }
    const low = origin[1] + (view.y - height / 2 / view.scale) / perLatitude;
    const north = height / view.scale / perLatitude;
    const stepY = nice(Math.max(north / 3, 1e-7));
    for (let i = Math.ceil(low / stepY); i * stepY < low + north; ++i) {
      const y = height - (i * stepY - low) / north * height;
      line(0, y, width, y, grid);
      if (y < 60 || y > height - 24) continue;
      write(degrees(i * stepY, stepY, 'N', 'S'), 6, y - 5, 'start', numbers);
    }
  };
  const drawMarks = (width, height) => {
    marks.replaceChildren();
    const length = nice(Math.min(width / 4, 240) / view.scale);
    const pixels = length * view.scale;
    const bar = make('g', {class: 'scale', transform:
        `translate(${width - pixels - 20} ${height - 26})`}, marks);
    make('rect', {x: -10, y: -22, width: pixels + 20, height: 40, rx: 4}, bar);
    make('path', {d: `M0 -6V6M0 0H${pixels}M${pixels} -6V6`}, bar);
    write(lengthText(length), pixels / 2, -7, 'middle', bar);
    // Names that would lie on others are left out: pointing tells them.
    const taken = [];
    for (const frame of data.frames) {
      if (!frame.box) continue;
      const x = width / 2 + ((frame.box[0] + frame.box[2]) / 2 - view.x) *
          view.scale;
      const y = height / 2 - (frame.box[3] - view.y) * view.scale;
      if (x < 0 || x > width || y < 16 || y > height) continue;
      const name = shortened(frame.name);
      const half = name.length * 4.6;
      if (taken.some((other) => Math.abs(other.y - y) < 18 &&
          Math.abs(other.x - x) < other.half + half)) {
        continue;
      }
      taken.push({x, y, half});
      write(name, x, y - 5, 'middle', marks);
    }
  };
  const draw = () => {
    const [width, height] = size();
    svg.setAttribute('viewBox', `0 0 ${width} ${height}`);
    world.setAttribute('transform',
        `translate(${width / 2 - view.x * view.scale} ` +
        `${height / 2 + view.y * view.scale}) scale(${view.scale})`);
    drawGrid(width, height);
    drawMarks(width, height);
  };
  const fit = (box) => {
    const [width, height] = size();
    if (!(box[0] <= box[2])) return;
    view.x = (box[0] + box[2]) / 2;
    view.y = (box[1] + box[3]) / 2;
    view.scale = Math.min(width / Math.max(box[2] - box[0], 0.1),
        height / Math.max(box[3] - box[1], 0.1)) * 0.86;
    draw();
  };
  // Moves the map so that a feature is seen, if it is not.
  const bring = (feature) => {
    const [width, height] = size();
    const x = (feature.box[0] + feature.box[2]) / 2;
    const y = (feature.box[1] + feature.box[3]) / 2;
    if (Math.abs(x - view.x) * view.scale > width / 2.2 ||
        Math.abs(y - view.y) * view.scale > height / 2.2) {
      Object.assign(view, {x, y});
      draw();
    }
  };
  const zoom = (factor, x, y) => {
    const [width, height] = size();
    const scale = Math.min(1e5, Math.max(1e-5, view.scale * factor));
    view.x += (x - width / 2) * (1 / view.scale - 1 / scale);
    view.y -= (y - height / 2) * (1 / view.scale - 1 / scale);
    view.scale = scale;
    draw();
  };
  const middle = () => size().map((side) => side / 2);

  svg.addEventListener('wheel', (event) => {
    event.preventDefault();
    zoom(Math.exp(-event.deltaY / 400), event.offsetX, event.offsetY);
  }, {passive: false});
  let dragged = false;
  svg.addEventListener('pointermove', (event) => {
    if (!(event.buttons & 1)) return;
    dragged = true;
    view.x -= event.movementX / view.scale;
    view.y += event.movementY / view.scale;
    draw();
  });
  svg.addEventListener('pointerdown', () => { dragged = false; });
  svg.addEventListener('click', (event) => {
    if (dragged) event.stopPropagation();
  }, true);
  svg.addEventListener('keydown', (event) => {
    const [width, height] = size();
    const steps = {ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1],
      ArrowDown: [0, -1]};
    if (steps[event.key]) {
      view.x += steps[event.key][0] * width / 8 / view.scale;
      view.y += steps[event.key][1] * height / 8 / view.scale;
      draw();
    } else if (event.key === '+' || event.key === '-') {
      zoom(event.key === '+' ? 1.5 : 1 / 1.5, ...middle());
    } else {
      return;
    }
    event.preventDefault();
  });
  document.querySelector('#nearer').addEventListener('click', () =>
    zoom(1.5, ...middle()));
  document.querySelector('#farther').addEventListener('click', () =>
    zoom(1 / 1.5, ...middle()));
  document.querySelector('#all').addEventListener('click', () =>
    fit(everything));
  addEventListener('resize', draw);

  // A switch for each class.
  const legend = document.querySelector('#legend');
  for (const [label, of] of classes) {
    const item = html('label', undefined, legend);
    const box = html('input', undefined, item);
    Object.assign(box, {type: 'checkbox', checked: true});
    const swatch = html('span', undefined, item);
    swatch.className = 'swatch';
    swatch.style.background = of.color;
    item.append(`${of.name}: ${of.count}, ${areaText(of.area)}`);
    box.addEventListener('change', () => {
      for (const feature of features) {
        if (feature.properties.label !== label) continue;
        feature.path.classList.toggle('away', !box.checked);
        if (feature.row) feature.row.hidden = !box.checked;
      }
    });
  }
  said.textContent = [
    features.length > MOST_ROWS && `The list has the ${MOST_ROWS} largest.`,
    unreadable > 0 && `${unreadable} answers of the server can't be read.`,
    features.length === 0 && 'No polygons.',
  ].filter(Boolean).join(' ');
  show(null);
  document.querySelector('.panes').hidden = false;
  fit(everything);
})();
