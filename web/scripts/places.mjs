// Every page behind the doors, once: what tests, screenshots and the count of scripts go through.

/**
 * `asks` says whether a page asks for something of its own when it is opened; `english` and `french` are its first
 * heading.
 */
export const PLACES = [
  place("dashboard", "/", "everybody", ["Dashboard", "Tableau de bord"]),
  place("markets", "/markets", "everybody", ["Markets", "Marchés"]),
  place("asset", "/assets/bitcoin", "everybody", ["Bitcoin BTC", "Bitcoin BTC"]),
  place("alerts", "/alerts", "members", ["Alerts", "Alertes"]),
  place("alert-history", "/alerts/history", "members", ["Alert history", "Historique des alertes"]),
  place("notifications", "/notifications", "members", ["Notifications", "Notifications"]),
  place("delivery-log", "/notifications/deliveries", "members", ["Deliveries", "Envois"]),
  place("portfolio", "/portfolio", "members", ["Portfolio", "Portefeuille"]),
  { ...place("import", "/portfolio/import", "members", ["Import trades", "Importer des transactions"]), asks: false },
  place("watchlists", "/watchlists", "members", ["Watchlists", "Listes de suivi"]),
  { ...place("profile", "/settings", "members", ["Settings", "Réglages"]), asks: false },
  place("security", "/settings/security", "members", ["Settings", "Réglages"]),
  place("channels", "/settings/channels", "members", ["Settings", "Réglages"]),
  { ...place("data", "/settings/data", "members", ["Settings", "Réglages"]), asks: false },
  place("statistics", "/admin", "administrators", ["Administration", "Administration"]),
  place("users", "/admin/users", "administrators", ["Administration", "Administration"]),
  place("system", "/admin/system", "administrators", ["Administration", "Administration"]),
  place("sources", "/admin/sources", "administrators", ["Administration", "Administration"]),
  place("assets", "/admin/assets", "administrators", ["Administration", "Administration"]),
  place("transactions", "/admin/transactions", "administrators", ["Administration", "Administration"]),
  place("dead-letters", "/admin/dead-letters", "administrators", ["Administration", "Administration"]),
  place("audit", "/admin/audit", "administrators", ["Administration", "Administration"]),
];

/** The doors: pages for who is not signed in. */
export const DOORS = ["/login", "/register", "/forgot", "/verify?token=x", "/reset?token=x"];

function place(name, path, who, [english, french]) {
  return { name, path, who, asks: true, english, french };
}
