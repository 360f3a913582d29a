import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { DOORS, PLACES } from "../../scripts/places.mjs";

const APP = join(import.meta.dirname, "../../src/app");

describe("the list of places", () => {
  it("names every page that there is, so that none is left out of tests, screenshots and the count of scripts", () => {
    const routes = readdirSync(APP, { recursive: true, encoding: "utf8" })
      .filter((file) => /(^|\/)page\.tsx$/.test(file))
      .map((file) => file.split("/").slice(0, -1))
      .map((parts) => `/${parts.filter((part) => !part.startsWith("(")).join("/")}`);
    const listed = [...PLACES.map((place) => place.path), ...DOORS.map((door) => door.split("?")[0])];
    const known = listed.map((path) => (path?.startsWith("/assets/") ? "/assets/[symbol]" : path));
    expect(known.sort()).toEqual(routes.sort());
  });
});
