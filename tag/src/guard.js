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

/** Goes on with the value in a task of its own: what we have to do must not add up to a long one. */
export async function pause(value) {
  await (window.scheduler?.yield?.() ?? new Promise((resolve) => after(0, resolve)));
  return value;
}
