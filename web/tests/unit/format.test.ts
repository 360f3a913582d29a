import { describe, expect, it } from "vitest";
import {
  directionOf,
  formatChange,
  formatCompact,
  formatCompactMoney,
  formatFixed,
  formatMoney,
  formatPrice,
  formatQuantity,
  formatScale,
  parseDecimal,
  parseSigned,
  priceDecimals,
  UNKNOWN,
} from "@/lib/format";
import { formatDay, formatMoment } from "@/lib/time";

describe("prices", () => {
  it("are shown with two decimals from one dollar up and with four significant digits below", () => {
    expect(formatPrice("en", "96077.8")).toBe("$96,077.80");
    expect(formatPrice("en", "0.4862")).toBe("$0.4862");
    expect(formatPrice("en", "0.00001041")).toBe("$0.00001041");
    expect(priceDecimals("0")).toBe(2);
  });

  it("never pass through a float: every digit of a long decimal is kept", () => {
    expect(formatQuantity("en", "9007199254740993.12345678")).toBe("9,007,199,254,740,993.12345678");
    expect(formatMoney("en", "90071992547409931.07")).toBe("$90,071,992,547,409,931.07");
  });

  it("that are not known are a dash and never a zero", () => {
    for (const shown of [formatPrice("en", null), formatMoney("en", undefined), formatChange("en", null)]) {
      expect(shown).toBe(UNKNOWN);
    }
  });

  it("follow the reader's language", () => {
    expect(formatPrice("fr", "1234.5").replace(/\s/g, " ")).toBe("1 234,50 $");
    expect(formatChange("fr", -1.5).replace(/\s/g, " ")).toBe("-1,50 %");
  });
});

describe("numbers at the axis of a chart", () => {
  it("have the separators of the reader's language", () => {
    expect(formatFixed("en", 96077.8, 2)).toBe("96,077.80");
    expect(formatFixed("fr", 96077.8, 2).replace(/\s/g, " ")).toBe("96 077,80");
  });

  it("have as many digits as their scale needs: no small indicator reads 0.00, no large one has ten digits", () => {
    expect(formatScale("en", 0.000012, 0.00004321)).toBe("0.00001200");
    expect(formatScale("en", 55.1234, 70)).toBe("55.12");
    expect(formatScale("en", 1_234_567_890, 2_000_000_000)).toBe("1.235B");
  });
});

describe("changes and sums", () => {
  it("carry their sign, but zero has none", () => {
    expect(formatChange("en", 1.234)).toBe("+1.23%");
    expect(formatChange("en", -0.5)).toBe("-0.50%");
    expect(formatChange("en", 0)).toBe("0.00%");
    expect(formatMoney("en", "12.5", { isSigned: true })).toBe("+$12.50");
  });

  it("of large size are shortened with two decimals", () => {
    expect(formatCompactMoney("en", "1902345678901.2")).toBe("$1.90T");
    expect(formatCompactMoney("fr", "95950000000")).toBe("95,95\u00a0Md\u00a0$");
  });

  it("go on in milliards in French, where the word for a million millions is taken for a thousandth of it", () => {
    expect(formatCompactMoney("fr", "1902345678901.2")).toBe("1\u202f902\u00a0Md\u00a0$");
    expect(formatCompact("fr", "589500000000000")).toBe("589\u202f500\u00a0Md");
  });

  it("go up, down or nowhere", () => {
    expect([directionOf("0.01"), directionOf(-3), directionOf("0.00"), directionOf(null)]).toEqual([
      "up",
      "down",
      "flat",
      "flat",
    ]);
  });
});

describe("what a person types", () => {
  it("is read with a point or a comma and with spaces between thousands", () => {
    expect(parseDecimal(" 1 234,5 ")).toBe("1234.5");
    expect(parseDecimal("0.000000012")).toBe("0.000000012");
    expect(parseDecimal(".5")).toBe("0.5");
    expect(parseDecimal("5.")).toBe("5");
  });

  it("may have its digits in groups, as it stands on a page it was copied from", () => {
    for (const locale of ["en", "fr"]) {
      expect(parseDecimal("$90,000.50", locale)).toBe("90000.50");
      expect(parseDecimal("90\u202f000,50\u00a0$", locale)).toBe("90000.50");
      expect(parseDecimal("90.000,50", locale)).toBe("90000.50");
      expect(parseDecimal("1,234,567", locale)).toBe("1234567");
      expect(parseDecimal("0,125", locale)).toBe("0.125");
      expect(parseDecimal("12,5", locale)).toBe("12.5");
      expect(parseDecimal("1.250", locale)).toBe("1.250");
    }
  });

  it("is read as the reader's language writes it where it could mean two things", () => {
    expect(parseDecimal("90,000", "en")).toBe("90000");
    expect(parseDecimal("90,000", "fr")).toBe("90.000");
  });

  it("may be below zero where that makes sense", () => {
    expect(parseSigned("-12,5")).toBe(-12.5);
    expect(parseSigned("−3")).toBe(-3);
    expect(parseSigned("70")).toBe(70);
    for (const text of ["", "-", "--1", "x"]) expect(parseSigned(text)).toBeNull();
  });

  it("is refused where it is not a plain decimal", () => {
    for (const text of ["", ".", ",", "1e5", "-1", "1.2.3", "1,23,456", "1,2345.6", "1.234.567.89", "abc", "0x10"])
      expect(parseDecimal(text), text).toBeNull();
  });
});

describe("a day", () => {
  it("is the first as French says it", () => {
    expect(formatDay("fr", "2027-06-01T12:00:00")).toBe("1er juin 2027");
    expect(formatDay("fr", "2027-06-02T12:00:00")).toBe("2 juin 2027");
    expect(formatMoment("fr", "2027-01-01T12:00:05")).toBe("1er janv. 2027, 12:00:05");
    expect(formatDay("en", "2027-06-01T12:00:00")).toBe("1 Jun 2027");
  });
});
