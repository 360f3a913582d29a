import { QueryClient, QueryClientProvider, useQuery } from "@tanstack/react-query";
import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { NextIntlClientProvider } from "next-intl";
import { afterEach, describe, expect, it } from "vitest";
import { QueryView } from "@/components/query-view";
import { ApiError } from "@/lib/api/errors";
import en from "../../messages/en.json";

function View({ ask, of = "one" }: { ask: () => Promise<string>; of?: string }) {
  const query = useQuery({ queryKey: ["view", of], queryFn: ask, retry: false });
  return <QueryView query={query}>{(text) => <p>{text}</p>}</QueryView>;
}

function around(client: QueryClient, view: React.ReactNode) {
  return (
    <NextIntlClientProvider locale="en" messages={en}>
      <QueryClientProvider client={client}>{view}</QueryClientProvider>
    </NextIntlClientProvider>
  );
}

afterEach(cleanup);

describe("the place of what could not be loaded", () => {
  it("goes on saying why while it is asked again, and shows what comes then", async () => {
    const away = new ApiError(0, "offline", "the server was not reached");
    let answer: Promise<string> = Promise.reject(away);
    const client = new QueryClient();
    render(around(client, <View ask={() => answer} />));
    await screen.findByText(/^The server can't be reached/);
    let bring: (text: string) => void = () => {};
    answer = new Promise((resolve) => {
      bring = resolve;
    });
    fireEvent.click(screen.getByRole("button", { name: "Try again" }));
    await expect.poll(() => client.isFetching()).toBe(1);
    expect(screen.getByRole("alert").textContent).toContain("The server can't be reached.");
    expect(screen.queryByRole("status")).toBeNull();
    bring("here it is");
    await screen.findByText("here it is");
    expect(screen.queryByRole("alert")).toBeNull();
  });

  it("waits anew for something else", async () => {
    const client = new QueryClient();
    const refused = new ApiError(403, "forbidden", "no");
    const shown = render(around(client, <View ask={() => Promise.reject(refused)} />));
    await screen.findByRole("alert");
    shown.rerender(around(client, <View of="other" ask={() => new Promise(() => {})} />));
    await screen.findByRole("status");
    expect(screen.queryByRole("alert")).toBeNull();
  });
});
