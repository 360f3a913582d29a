import { describe, expect, it } from "vitest";
import { fileProblem, LONGEST_BODY, sentBytes, sourceName, textProblem } from "@/features/portfolio/import-model";

describe("a file to import", () => {
  it("is refused before it is sent where there is nothing in it, or more than the server takes", () => {
    expect(textProblem(" \n\t")).toBe("empty");
    expect(textProblem("txid,pair\n")).toBeNull();
    const frame = sentBytes("");
    expect(textProblem("a".repeat(LONGEST_BODY - frame))).toBeNull();
    expect(textProblem("a".repeat(LONGEST_BODY - frame + 1))).toBe("tooLong");
  });

  it("is measured as it is sent: quotes, line ends and letters beyond ASCII take more than one byte", () => {
    expect(sentBytes('"\né') - sentBytes("")).toBe(6);
    expect(textProblem('"'.repeat(LONGEST_BODY / 2))).toBe("tooLong");
  });

  it("that can't be read as a whole is told in the reader's language, single rows in the server's words", () => {
    expect(fileProblem(["has no header of a trade export of Candlewick, Binance, Coinbase or Kraken"])).toBe(
      "unknownHeader",
    );
    expect(fileProblem(["has no rows"])).toBe("noRows");
    expect(fileProblem(["line 5: sells 0.1 BTC where 0.005 are held and free"])).toBeNull();
    expect(fileProblem(undefined)).toBeNull();
  });

  it("is named after whose it is", () => {
    expect(sourceName("kraken")).toBe("Kraken");
    expect(sourceName("another")).toBe("another");
  });
});
