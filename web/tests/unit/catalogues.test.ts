import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { type MessageFormatElement, parse, TYPE } from "@formatjs/icu-messageformat-parser";
import { createTranslator } from "next-intl";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import en from "../../messages/en.json";
import fr from "../../messages/fr.json";

type Tree = { [key: string]: string | Tree };

function leaves(tree: Tree, prefix = ""): [string, string][] {
  return Object.entries(tree).flatMap(([key, value]) =>
    typeof value === "string" ? [[`${prefix}${key}`, value] as [string, string]] : leaves(value, `${prefix}${key}.`),
  );
}

/** What a text must be given: its arguments, those inside plurals and choices too. */
function argumentsOf(text: string): string[] {
  const names = new Set<string>();
  const visit = (elements: MessageFormatElement[]): void => {
    for (const element of elements) {
      if (element.type !== TYPE.literal && element.type !== TYPE.pound) names.add(element.value);
      if (element.type === TYPE.plural || element.type === TYPE.select) {
        for (const option of Object.values(element.options)) visit(option.value);
      }
    }
  };
  visit(parse(text));
  return [...names].sort();
}

function filesIn(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? filesIn(path) : /\.tsx?$/.test(name) ? [path] : [];
  });
}

const english = new Map(leaves(en));
const french = new Map(leaves(fr));
const sources = filesIn(join(import.meta.dirname, "../../src"));

describe("the catalogues", () => {
  it("have the same keys in both languages", () => {
    expect([...french.keys()].sort()).toEqual([...english.keys()].sort());
  });

  it("say nothing empty, and ask for the same arguments in both languages", () => {
    const differing = [...english].filter(([key, text]) => {
      const other = french.get(key) ?? "";
      return !text.trim() || !other.trim() || String(argumentsOf(text)) !== String(argumentsOf(other));
    });
    expect(differing).toEqual([]);
  });

  it("can be read by the formatter", () => {
    for (const [locale, messages] of [
      ["en", en],
      ["fr", fr],
    ] as const) {
      const broken: string[] = [];
      const t = createTranslator({ locale, messages, onError: (error) => broken.push(error.message) }) as unknown as (
        key: string,
        values: Record<string, number>,
      ) => string;
      for (const [key, text] of leaves(messages)) {
        const named = Object.fromEntries(argumentsOf(text).map((name) => [name, 1]));
        t(key, named);
      }
      expect(broken).toEqual([]);
    }
  });

  it("let no French line begin with a sign, and part no figure from its unit", () => {
    const parted = [...french].filter(([, text]) => / [;:!?»%]|« |\d (?:h|j|ms|USD|Kio)(?!\p{L})/u.test(text));
    expect(parted).toEqual([]);
  });

  it("hold every text that is seen: no component writes words of its own", () => {
    const spoken = ["aria-label", "title", "placeholder", "alt", "label", "hint", "description"];
    const found: string[] = [];
    for (const file of sources.filter((name) => name.endsWith(".tsx"))) {
      const tree = ts.createSourceFile(
        file,
        readFileSync(file, "utf8"),
        ts.ScriptTarget.Latest,
        true,
        ts.ScriptKind.TSX,
      );
      const visit = (node: ts.Node): void => {
        const text = ts.isJsxText(node)
          ? node.text
          : ts.isJsxAttribute(node) &&
              spoken.includes(node.name.getText()) &&
              node.initializer &&
              ts.isStringLiteral(node.initializer)
            ? node.initializer.text
            : "";
        // Two letters in a row make a word; units and signs are no words.
        if (/\p{L}{2}/u.test(text)) found.push(`${file}: ${text.trim()}`);
        ts.forEachChild(node, visit);
      };
      visit(tree);
    }
    expect(found).toEqual([]);
  });

  it("hold no key that nobody uses", () => {
    const code = sources.map((file) => readFileSync(file, "utf8")).join("\n");
    const unused = [...english.keys()].filter((key) => {
      const name = key.split(".").at(-1) ?? "";
      if (code.includes(`"${name}"`) || code.includes(`\`${name}\``)) return false;
      // Built keys: `status_${…}`, `${kind}Title`.
      const head = name.split("_")[0] ?? "";
      const tail = name.match(/[A-Z][a-z]+$/)?.[0] ?? "\u0000";
      return !(code.includes(`\`${head}_$`) || code.includes(`}${tail}\``) || code.includes(`"${name}`));
    });
    expect(unused).toEqual([]);
  });
});
