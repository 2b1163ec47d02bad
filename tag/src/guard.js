// Nothing the tag does may throw into the shop's page: every entry point and listener goes through here.

/** The same function, except that it fails silently. */
export function guard(act) {
  return (...args) => {
    try {
      return act(...args);
    } catch {}
  };
}

export function on(target, types, act, options) {
  for (const type of types.split(" ")) target.addEventListener(type, guard(act), options);
}

export function after(ms, act) {
  return setTimeout(guard(act), ms);
}
