// Nothing the tag does may throw into the shop's page: every entry point and listener goes through here.

/** The same function, except that it fails silently, at once or later. */
export function guard(act) {
  return (...args) => {
    try {
      const result = act(...args);
      result?.catch?.(() => {});
      return result;
    } catch {}
  };
}

export function on(target, types, act, options) {
  for (const type of types.split(" ")) target.addEventListener(type, guard(act), options);
}

export function after(ms, act) {
  return setTimeout(guard(act), ms);
}
