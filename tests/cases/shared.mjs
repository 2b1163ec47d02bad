// Plays the golden cases that the tag shares with the server, on the tag's own modules; prints what came out as JSON.

import { readFileSync } from "node:fs";

const cookieJar = {};
globalThis.window = globalThis;
globalThis.navigator = {};
globalThis.localStorage = { getItem: (name) => cookieJar[name] ?? null, setItem: (name, text) => (cookieJar[name] = text), removeItem: (name) => delete cookieJar[name] };
globalThis.document = { currentScript: { src: "https://shop.example/sk/t.js", dataset: { key: "wk" } }, cookie: "" };

const [cases, tag] = process.argv.slice(2);
const read = (name) => JSON.parse(readFileSync(`${cases}/${name}.json`, "utf8"));
const { ofGoogle, ofTcf } = await import(`${tag}/purposes.js`);
const { rememberedId, uuid7 } = await import(`${tag}/ids.js`);
const { mayKnow, save } = await import(`${tag}/store.js`);

const consent = read("consent");
const ids = read("ids");
const permits = consent.permits.map(({ choice }) => (save("sk_consent", choice), mayKnow()));
const minted = ids.moments.map((moment) => {
  Date.now = () => moment;
  return Array.from({ length: 300 }, uuid7);
});
const remembered = ids.cookies.map(({ id, signature }) => {
  document.cookie = `other=1; sk_id=${id}; sk_is=${signature}`;
  return rememberedId();
});
const google = consent.google.map(({ said }) => ofGoogle(said));
const tcf = consent.tcf.map(({ said }) => ofTcf(said));
console.log(JSON.stringify({ google, tcf, permits, minted, remembered }));
