// The inline loader: keeps calls until the tag has come, and reserves the room zones needed on the page before.
((name, api = (window[name] ||= { q: [], room: 1 })) => {
  for (const call of ["page", "track", "identify", "reset", "consent", "refresh"])
    api[call] ||= (...args) => api.q.push([call, args]);
  try {
    const room = new CSSStyleSheet();
    room.replaceSync(JSON.parse(localStorage.sk_room));
    document.adoptedStyleSheets.push(room);
  } catch {}
})("shopkeeper");
