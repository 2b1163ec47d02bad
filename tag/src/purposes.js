// What other tools' words for consent mean for our three purposes. Pure; the cases are in cases/shared/consent.json.

/** Google Consent Mode v2: a storage type that was never mentioned says nothing. */
export function ofGoogle(state) {
  return said({
    measurement: of(state.analytics_storage),
    personalisation: of(state.personalization_storage ?? state.functionality_storage ?? state.analytics_storage),
    marketing: of(state.ad_user_data ?? state.ad_storage),
  });
}

const of = (status) => ({ granted: true, denied: false })[status];

/**
 * IAB TCF v2: purposes 1 storage, 5 and 6 profiles for content, 8 measuring content, 3 and 4 profiles for advertising.
 * Null while the visitor has not chosen; where the law does not apply, everything.
 */
export function ofTcf({ gdprApplies, eventStatus, purpose }) {
  if (gdprApplies === false) return { measurement: true, personalisation: true, marketing: true };
  if (eventStatus === "cmpuishown" && !purpose?.consents?.[1]) return null;
  const all = (...numbers) => [1, ...numbers].every((number) => purpose?.consents?.[number] === true);
  return { measurement: all(8), personalisation: all(5, 6), marketing: all(3, 4) };
}

/** Shopify's customer privacy. Null while it has to ask and has no answer. */
export function ofShopify(api) {
  const values = api.currentVisitorConsent?.();
  if (api.shouldShowBanner?.() && !values?.analytics) return null;
  return {
    measurement: api.analyticsProcessingAllowed(),
    personalisation: api.preferencesProcessingAllowed(),
    marketing: api.marketingAllowed(),
  };
}

/** Without what nobody spoke of; null when nobody spoke at all. */
function said(purposes) {
  const spoken = Object.entries(purposes).filter(([, given]) => given !== undefined);
  return spoken.length ? Object.fromEntries(spoken) : null;
}
