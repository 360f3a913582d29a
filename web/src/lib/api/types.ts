import type { components } from "./schema";

type Schemas = components["schemas"];
type Envelopes = { [Name in keyof Schemas]: Schemas[Name] extends { data: infer Data } ? Data : never };
/** What is in an envelope. */
type In<Name extends keyof Schemas> = Envelopes[Name];
/** A row of what is in an envelope. */
type Row<Name extends keyof Schemas> = Envelopes[Name] extends readonly (infer Item)[] ? Item : never;

export type Asset = Row<"PageEnvelope_AssetView">;
export type AssetDetail = In<"Envelope_AssetDetailView">;
export type Candle = Row<"CandlesEnvelope">;
export type Indicators = In<"Envelope_IndicatorsView">;
export type HeatmapTile = Row<"Envelope_Vec_HeatmapTile">;
export type Summary = In<"Envelope_SummaryView">;
export type Alert = In<"Envelope_AlertView">;
export type Firing = Row<"PageEnvelope_FiringView">;
export type Preview = In<"Envelope_PreviewView">;
export type Notification = In<"Envelope_NotificationView">;
export type Delivery = Row<"PageEnvelope_DeliveryView">;
export type LoggedDelivery = Row<"PageEnvelope_LoggedDeliveryView">;
export type Preferences = In<"Envelope_PreferencesView">;
export type PreferencesBody = Schemas["PreferencesBody"];
export type Portfolio = In<"Envelope_PortfolioView">;
export type Holding = Portfolio["holdings"][number];
export type Trade = Row<"PageEnvelope_TradeView">;
export type Order = Row<"PageEnvelope_OrderView">;
export type OrderBody = Schemas["OrderBody"];
export type Performance = In<"Envelope_PerformanceView">;
export type LedgerEntry = Row<"PageEnvelope_EntryView">;
export type Funding = Row<"PageEnvelope_FundingView">;
export type Import = In<"Envelope_ImportView">;
export type Watchlist = In<"Envelope_WatchlistView">;
export type Me = In<"Envelope_MeView">;
export type AdminUser = In<"Envelope_ComposedUserView">;
export type AdminStats = In<"Envelope_DashboardStats">;
export type ServiceState = Row<"Envelope_Vec_ServiceView">;
export type DeadLetter = Row<"DeadLetterPage">;
export type AuditLine = Row<"PageEnvelope_AuditView">;
export type Source = In<"Envelope_SourceView">;
export type AdminAsset = In<"Envelope_AdminAssetView">;
export type Transaction = Row<"PageEnvelope_TransactionView">;

export const INTERVALS = ["1m", "5m", "15m", "30m", "1h", "4h", "1d", "1w"] as const;
export type Interval = (typeof INTERVALS)[number];
