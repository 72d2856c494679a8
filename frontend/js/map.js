import L from "leaflet";

// <div class="ax-map" data-map='{"lat":…,"lng":…,"zoom":…}' data-tiles="…" data-outline="…geojson" data-points="…id of a JSON script">
// Without a tile source of the operator's it is a schematic: the outline and the points.
function pin(point) {
  const marker = L.circleMarker([point.lat, point.lng], { radius: 9, weight: 3, color: "#fff", fillColor: "#1d56d6", fillOpacity: 1 });
  if (point.label) {
    const label = document.createElement(point.url ? "a" : "span");
    label.textContent = point.label;
    if (point.url) label.href = point.url;
    marker.bindPopup(label);
  }
  return marker;
}

async function setup(box) {
  const view = JSON.parse(box.dataset.map || "{}");
  const map = L.map(box, { attributionControl: Boolean(box.dataset.tiles), scrollWheelZoom: false });
  map.setView([view.lat || 30.2358, view.lng || 119.718], view.zoom || 11);
  if (box.dataset.tiles) L.tileLayer(box.dataset.tiles, { attribution: box.dataset.attribution || "" }).addTo(map);
  if (box.dataset.outline) {
    const answer = await fetch(box.dataset.outline);
    if (answer.ok) {
      const style = { color: "#1d56d6", weight: 2, fillColor: "#1d56d6", fillOpacity: 0.06 };
      const outline = L.geoJSON(await answer.json(), { style, interactive: false }).addTo(map);
      if (!view.zoom) map.fitBounds(outline.getBounds());
    }
  }
  const points = box.dataset.points ? JSON.parse(document.getElementById(box.dataset.points).textContent) : [];
  for (const point of points) pin(point).addTo(map);

  // data-pick="lat-field lng-field": a press on the map chooses a point.
  if (box.dataset.pick) {
    const [lat, lng] = box.dataset.pick.split(" ").map((id) => document.getElementById(id));
    let chosen = lat.value && lng.value ? pin({ lat: Number(lat.value), lng: Number(lng.value) }).addTo(map) : null;
    const choose = (at) => {
      chosen?.remove();
      chosen = pin(at).addTo(map);
      lat.value = at.lat.toFixed(6);
      lng.value = at.lng.toFixed(6);
      lat.dispatchEvent(new Event("change", { bubbles: true }));
    };
    map.on("click", (event) => choose(event.latlng));
    document.querySelector("[data-locate]")?.addEventListener("click", () => {
      navigator.geolocation?.getCurrentPosition(({ coords }) => {
        const at = { lat: coords.latitude, lng: coords.longitude };
        choose(at);
        map.setView(at, 16);
      });
    });
  }
}

for (const box of document.querySelectorAll("[data-map]")) setup(box);
