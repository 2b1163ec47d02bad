// Sends every call of the public client, then prints the failures it was told of, as JSON.
import { Analytics } from "@segment/analytics-node";

const [host, writeKey] = process.argv.slice(2);
const analytics = new Analytics({ host, writeKey, maxRetries: 1, flushInterval: 100 });
const failures = [];
analytics.on("error", (error) => failures.push(String(error.reason ?? error)));

const timestamp = new Date("2026-03-01T10:00:00.250Z");
const properties = { product_id: "tea-1", price: 12.25, tags: ["green", null], nested: { deep: true }, none: null };
analytics.track({ anonymousId: "ann", event: "Product Viewed", properties, timestamp, messageId: "node-track" });
analytics.page({ anonymousId: "ann", category: "Docs", name: "Home", properties: { url: "https://shop.example/?utm_source=mail" } });
analytics.screen({ anonymousId: "ann", name: "Basket" });
analytics.identify({ userId: "customer-7", traits: { email: "ann@shop.example", visits: 3 } });
analytics.group({ userId: "customer-7", groupId: "club", traits: { plan: "gold" } });
analytics.alias({ userId: "customer-7", previousId: "ann" });
await analytics.closeAndFlush({ timeout: 5000 });
console.log(JSON.stringify(failures));
