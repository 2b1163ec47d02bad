// JSON on pages with libraries of old.

/** JSON as it should be: libraries of old gave lists and texts a `toJSON` that garbles them. */
export function json(value, owners = [Array.prototype, String.prototype]) {
  const [owner, ...others] = owners.filter((each) => each.toJSON);
  if (!owner) return JSON.stringify(value);
  const { toJSON } = owner;
  delete owner.toJSON;
  try {
    return json(value, others);
  } finally {
    owner.toJSON = toJSON;
  }
}
