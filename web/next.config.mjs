import createNextIntlPlugin from "next-intl/plugin";

/** @type {import("next").NextConfig} */
const config = {
  poweredByHeader: false,
  reactStrictMode: true,
  // Addresses of the API end with a slash or not; nothing may redirect them.
  skipTrailingSlashRedirect: true,
  outputFileTracingRoot: import.meta.dirname,
  turbopack: { root: import.meta.dirname },
  experimental: { optimizePackageImports: ["lucide-react", "radix-ui", "recharts", "date-fns"] },
};

export default createNextIntlPlugin({
  requestConfig: "./src/i18n/request.ts",
  // The catalogues are parsed when the app is built, so that no browser has to fetch a parser.
  experimental: { messages: { path: "./messages", format: "json", locales: "infer", precompile: true } },
})(config);
