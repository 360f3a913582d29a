export interface paths {
    "/.well-known/jwks.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The public keys of access tokens, without an envelope. */
        get: operations["public_keys"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/admin/assets/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** All assets, disabled ones too, by rank. */
        get: operations["list_all_assets"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/admin/assets/{asset_id}/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Enables, disables or renames an asset, without a restart. */
        patch: operations["change_asset"];
        trace?: never;
    };
    "/api/admin/audit/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who did what to whom, when, from where; newest first. */
        get: operations["list_audit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/admin/dashboard/stats/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The figures of the administrators' first page. A part is null while the service that counts it is away. */
        get: operations["read_stats"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/admin/dead-letters/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The facts that were given up, newest first; those that were sent again are kept and say so. */
        get: operations["list_dead_letters"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/admin/dead-letters/{id}/replay/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Sends a fact to its queue once more. */
        post: operations["replay_dead_letter"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/admin/sources/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The sources of this feed. */
        get: operations["list_sources"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/admin/sources/{name}/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Changes a source, without a restart. */
        patch: operations["change_source"];
        trace?: never;
    };
    "/api/admin/system/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Every service: version, instances, state, queue, dead letters, lag and latency. */
        get: operations["read_system"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/admin/transactions/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Trades and funding of all users, newest first. */
        get: operations["admin_transactions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/admin/users/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The users, with the value of each one's portfolio and the number of alerts; both null while their service is away. */
        get: operations["list_users"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/admin/users/{id}/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One user, with the value of the portfolio and the number of alerts. */
        get: operations["get_user"];
        put?: never;
        post?: never;
        /** Removes an account; every service forgets the user. */
        delete: operations["delete_user"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/admin/users/{id}/role/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Gives an account another role. Its sessions end: they were granted to the old one. */
        patch: operations["change_role"];
        trace?: never;
    };
    "/api/admin/users/{id}/status/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Shuts or opens an account. */
        patch: operations["change_status"];
        trace?: never;
    };
    "/api/alerts/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Your alerts, newest first. */
        get: operations["list_alerts"];
        put?: never;
        /** Makes an alert. It hears every price received after this answer. */
        post: operations["create_alert"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/alerts/history/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Every firing of your alerts with its evidence, newest first; as a file with `Accept: text/csv`. */
        get: operations["list_firings"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/alerts/preview/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** When this alert would have fired: the live evaluator, run over what is stored. */
        post: operations["preview_alert"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/alerts/{id}/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One of your alerts. */
        get: operations["read_alert"];
        put?: never;
        post?: never;
        /** Deletes an alert. Nothing is told of it after this answer. */
        delete: operations["delete_alert"];
        options?: never;
        head?: never;
        /** Changes an alert, pauses it, or arms it again. */
        patch: operations["change_alert"];
        trace?: never;
    };
    "/api/assets/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Enabled assets. */
        get: operations["list_assets"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/assets/{symbol}/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One asset, by ticker or id. */
        get: operations["read_asset"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/assets/{symbol}/price/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The newest price of an asset. */
        get: operations["read_price"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/admin-login/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Signs an administrator in. */
        post: operations["admin_login"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/change-password/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Changes the password and ends every other session. */
        post: operations["change_password"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/export/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Everything that is stored of the caller: the account table by table, and under `alerts`, `paper_trading` and
         *     `notifications` what those services keep.
         */
        get: operations["export"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/login/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Signs in. */
        post: operations["login"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/logout/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Ends this session. Succeeds without one, too. */
        post: operations["logout"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/me/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who am I. */
        get: operations["me"];
        put?: never;
        post?: never;
        /** Removes the account. Every service forgets the user within a minute. */
        delete: operations["delete_me"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/mfa/totp/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Begins to set up a second factor. It counts once a code confirms it. */
        post: operations["begin_totp"];
        /** Removes the second factor. Other sessions end. */
        delete: operations["remove_totp"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/mfa/totp/confirm/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Confirms the second factor with a code. Other sessions end. */
        post: operations["confirm_totp"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/password-reset/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Mails a token for a new password, if the address has an account. The answer does not say whether. */
        post: operations["request_reset"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/password-reset/confirm/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Sets a new password with a mailed token, ends all sessions and removes all API tokens. A second factor stays. */
        post: operations["confirm_reset"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/refresh/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Hands out a fresh access token and rotates the refresh token. */
        post: operations["refresh"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/register/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Makes an account, or tells the owner of the address that there is one. The answer does not say which. */
        post: operations["register"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/sessions/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Where am I signed in. */
        get: operations["list_sessions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/sessions/{id}/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Signs one of them out. */
        delete: operations["delete_session"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/tokens/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The tokens of the signed-in user. */
        get: operations["list_tokens"];
        put?: never;
        /** Makes a token. The same request with the same `Idempotency-Key` shows the same token again. */
        post: operations["create_token"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/tokens/{id}/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Removes a token; it counts no more within five seconds. */
        delete: operations["delete_token"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/update-profile/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Changes the account. A new address stays pending until it is proved. */
        post: operations["update_profile"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/verify-email/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Proves an address with the token that was mailed to it. */
        post: operations["verify_email"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/docs/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The page that shows the document. */
        get: operations["show_docs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/heatmap/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The largest assets with their change. */
        get: operations["read_heatmap"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/indicators/{symbol}/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Indicators over an asset's candles. A hole in the candles ends a series and warms it up again. */
        get: operations["read_indicators"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/market/status/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How the sources of prices fare, and whether prices are real. */
        get: operations["read_status"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/market/summary/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The market in figures. */
        get: operations["read_summary"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/movers/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The assets that rose and fell most. */
        get: operations["read_movers"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/notifications/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The user's notifications, newest first; `page.unread` counts all that were not read. */
        get: operations["list_notifications"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/notifications/deliveries/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * All that was to leave the platform for this user, newest first: also what tells of notifications that stand in no list,
         *     and the mails of the account.
         */
        get: operations["list_delivery_log"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/notifications/preferences/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The user's preferences. */
        get: operations["read_preferences"];
        /** Replaces the preferences; what is left out takes its default. */
        put: operations["replace_preferences"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Changes some of the preferences. */
        patch: operations["change_preferences"];
        trace?: never;
    };
    "/api/notifications/read-all/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Marks all as read. */
        post: operations["read_all_notifications"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/notifications/test/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Sends a test through every channel that is switched on, once, and says what happened. */
        post: operations["send_test"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/notifications/unsubscribe/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A page that asks whether mails shall stop. Looking at it changes nothing: mail scanners open links too. */
        get: operations["show_unsubscribe"];
        put?: never;
        /** Stops mails about alerts and orders. Says the same when they were stopped before. */
        post: operations["unsubscribe"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/notifications/{id}/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Deletes one; what was still to be sent of it is not sent. */
        delete: operations["delete_notification"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/notifications/{id}/deliveries/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A notification's deliveries, one for each channel. */
        get: operations["list_deliveries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/notifications/{id}/read/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Marks one as read. */
        post: operations["read_notification"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/ohlc/{symbol}/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Candles, the open one included; holes of the feed stand in `gaps` beside them. With `Accept: text/csv` the same candles
         *     as a file, without the holes.
         */
        get: operations["read_ohlc"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/openapi.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The OpenAPI 3.1 document of everything below `/api`. */
        get: operations["read_document"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/price-history/{symbol}/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The course of a price, thinned so that its extremes survive. */
        get: operations["read_price_history"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/stream": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Prices, candles, and what is the user's own, as they change: a WebSocket.
         * @description The client sends `{"op": "subscribe", "channels": ["ticker:*", "ticker:BTC", "candles:BTC:1m"]}`, `unsubscribe` alike,
         *     `{"op": "ping"}`, and `{"op": "auth", "token": "…"}` before it subscribes to `notifications`, `portfolio` or `orders`.
         *     Beside messages about channels the server sends `{"type": "authenticated", "expires_at"}`, `{"type": "pong"}` and
         *     `{"type": "error", "op", "code", "message"}`; the 11th bad message closes. A snapshot comes first, and again where
         *     updates would not do.
         */
        get: operations["open_stream"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/virtual-portfolio/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The user's portfolio. */
        get: operations["read_portfolio"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/virtual-portfolio/fund/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Pays cash in or out. */
        post: operations["fund_portfolio"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/virtual-portfolio/funding-history/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Deposits and withdrawals, newest first. */
        get: operations["list_fundings"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/virtual-portfolio/import/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Takes over fills that were made elsewhere, at the prices of their file, as entries of the kind `import`.
         * @description An import leaves the cash as it is: what its buys cost is deposited before them, what its sales bring is withdrawn
         *     after them. A row that was booked before is not booked again, so the same file may be sent twice. While one row is
         *     wrong, nothing is booked.
         */
        post: operations["import_trades"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/virtual-portfolio/ledger/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The double-entry journal, newest first. */
        get: operations["list_ledger"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/virtual-portfolio/orders/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Orders, newest first. */
        get: operations["list_orders"];
        put?: never;
        /**
         * Places an order.
         * @description A limit order that could be filled now is filled now, at the market's price; another one rests and is filled at its
         *     limit. Without a fresh price it waits for the first one, which judges it in the same way. An order with a trigger
         *     needs a fresh price.
         */
        post: operations["create_order"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/virtual-portfolio/orders/{id}/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One order. */
        get: operations["read_order"];
        put?: never;
        post?: never;
        /** Cancels an order; of a pair, both halves. */
        delete: operations["cancel_order"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/virtual-portfolio/performance/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Returns, risks and comparisons. */
        get: operations["read_performance"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/virtual-portfolio/reset/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Closes this book, cancels its orders and opens a fresh one; history stays readable with `?book=`. */
        post: operations["reset_portfolio"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/virtual-portfolio/trades/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Fills, newest first; as CSV where the client accepts that. */
        get: operations["list_trades"];
        put?: never;
        /** Buys or sells at once, at the server's price. */
        post: operations["create_trade"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/watchlists/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The user's lists, oldest first. */
        get: operations["list_watchlists"];
        put?: never;
        /** Makes a list. */
        post: operations["create_watchlist"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/watchlists/{id}/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One list. */
        get: operations["read_watchlist"];
        /** Replaces name and assets of a list. */
        put: operations["replace_watchlist"];
        post?: never;
        /** Deletes a list. */
        delete: operations["delete_watchlist"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health/live": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether it lives; where not, it wants to be started again. */
        get: operations["live"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health/ready": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether it takes requests. */
        get: operations["up"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description A user as administrators see one. */
        AdminUserView: {
            /** Format: date-time */
            created_at: string;
            disabled_reason: string | null;
            email: string;
            email_verified: boolean;
            /** Format: uuid */
            id: string;
            is_active: boolean;
            /** Format: date-time */
            last_seen_at: string | null;
            mfa_enabled: boolean;
            name: string;
            role: string;
            status: string;
            /** Format: int64 */
            version: number;
        };
        /** @description A new alert. */
        AlertBody: {
            /** @description Of `in_app`, `email`, `webhook`, `telegram`, `discord`, `ntfy`; the first two where nothing is said. */
            channels?: string[] | null;
            /** @description What to watch for: an object, or in the short form the name of a level beside `target_price`. */
            condition: components["schemas"]["ConditionForm"];
            /**
             * Format: int64
             * @description The least time between two notifications; 0 for `once` and 60 otherwise where nothing is said.
             */
            cooldown_seconds?: number | null;
            /**
             * Format: date-time
             * @description When it ends; in 60 days where nothing is said, never with `null`.
             */
            expires_at?: string | null;
            /** @description Your own words, at most 500 characters. */
            note?: string | null;
            /**
             * @description A ticker or an asset id.
             * @example BTC
             */
            symbol: string;
            /**
             * Format: decimal
             * @description The level of the short form.
             */
            target_price?: string | number | null;
            trigger?: components["schemas"]["TriggerForm"] | null;
        };
        /** @description Alerts and what they did. */
        AlertFigures: {
            /**
             * Format: int64
             * @description They are watching.
             */
            active: number;
            /** Format: int64 */
            fired_24h: number;
            /** Format: int64 */
            fired_30d: number;
            /** Format: int64 */
            fired_7d: number;
            /** Format: int64 */
            total: number;
        };
        /** @description A change of an alert; what is left out stays. */
        AlertPatch: {
            /** @description Where to tell you: of `in_app`, `email`, `webhook`, `telegram`, `discord`, `ntfy`. */
            channels?: string[] | null;
            condition?: components["schemas"]["ConditionForm"] | null;
            /**
             * Format: int64
             * @description The least time between two notifications.
             */
            cooldown_seconds?: number | null;
            /**
             * Format: date-time
             * @description When it ends; never with `null`.
             */
            expires_at?: string | null;
            /** @description Whether it watches: `true` arms it again, `false` pauses it. */
            is_active?: boolean | null;
            /** @description Your own words, at most 500 characters; none with `null`. */
            note?: string | null;
            /** @description A ticker or an asset id. */
            symbol?: string | null;
            /**
             * Format: decimal
             * @description The level of the short form. Alone it moves the level of an alert about one, and leaves what it watches for there.
             */
            target_price?: string | number | null;
            trigger?: components["schemas"]["TriggerForm"] | null;
            /**
             * Format: int32
             * @description The version that was changed; an old one is refused.
             */
            version?: number | null;
        };
        /** @description A time about which nothing is known. */
        AlertsGapView: {
            /**
             * Format: date-time
             * @description Its start.
             */
            from: string;
            /**
             * Format: date-time
             * @description Its end.
             */
            to: string;
        };
        /** @description Conditions that must be true together. */
        AllConditions: {
            /** @description One to five of them. */
            all: components["schemas"]["SingleCondition"][];
        };
        /** @description A personal API token, without its text. */
        ApiTokenView: {
            /**
             * Format: date-time
             * @description When it was made.
             */
            created_at: string;
            /**
             * Format: date-time
             * @description When it ends.
             */
            expires_at: string | null;
            /** @description Its last characters. */
            hint: string;
            /**
             * Format: uuid
             * @description The token's id.
             */
            id: string;
            /**
             * Format: date-time
             * @description When it was last used, to the minute.
             */
            last_used_at: string | null;
            /** @description What its owner calls it. */
            name: string;
            /** @description What it may do. */
            scopes: string[];
        };
        /** @description What changes of an asset. */
        AssetChange: {
            /** @description Offered to users. */
            enabled?: boolean | null;
            /** @description What it is called, 1 to 100 characters. */
            name?: string | null;
            /** @description Its ticker. */
            symbol?: string | null;
            /**
             * Format: int64
             * @description The version that this change was made for.
             */
            version?: number | null;
        };
        /** @description A row of the list of assets. */
        AssetView: {
            /**
             * @description The asset.
             * @example bitcoin
             */
            asset_id: string;
            /**
             * Format: double
             * @description Percent since an hour ago.
             */
            change_1h: number | null;
            /**
             * Format: double
             * @description Percent since a day ago.
             */
            change_24h: number | null;
            /**
             * Format: double
             * @description Percent since a week ago.
             */
            change_7d: number | null;
            /** @description Its logo. */
            image_url: string | null;
            /** @description Price × circulating supply, in USD. */
            market_cap: string | null;
            /** @description Its name. */
            name: string;
            /** @description The newest price in USD. */
            price: string | null;
            /**
             * Format: int32
             * @description Its place by market cap.
             */
            rank: number | null;
            /** @description Who said it. */
            source: string | null;
            /** @description Hourly closes of the last seven days, oldest first, then the newest price. */
            sparkline_7d: string[];
            /** @description Too old to be relied on. */
            stale: boolean;
            /**
             * @description Its ticker.
             * @example BTC
             */
            symbol: string;
            /**
             * Format: date-time
             * @description When the price was made.
             */
            updated_at: string | null;
            /** @description Traded in the last 24 hours, in USD, as far as it was seen. */
            volume_24h: string | null;
        };
        /** @description One try. */
        AttemptView: {
            /**
             * Format: date-time
             * @description When its outcome was known.
             */
            ended_at: string;
            /** @description What went wrong. */
            error: string | null;
            /** @description `sent`, `temporary`, `permanent` or `suppressed`. */
            outcome: string;
            /**
             * Format: date-time
             * @description When it began.
             */
            started_at: string;
        };
        /** @description What an asset did in the same time. */
        BenchmarkView: {
            /** @description The asset that the ticker BTC names; null where none does. */
            asset_id: string | null;
            /**
             * @description What the same deposits and withdrawals would be worth in it; null where a price is missing, or where more was
             *     paid out than it would have been worth.
             */
            equity: string | null;
            /**
             * Format: double
             * @description What the portfolio did better, in percentage points.
             */
            excess_pct: number | null;
            /**
             * Format: double
             * @description The return on these deposits and withdrawals (XIRR), as of the portfolio.
             */
            money_weighted_return_pct: number | null;
            /**
             * Format: double
             * @description Its return in percent, which is the time-weighted one whatever was paid in or out; null where a price is missing.
             */
            return_pct: number | null;
        };
        /** @description Requests to this API. */
        CallFigures: {
            /** @description Hour by hour, oldest first. */
            by_hour: components["schemas"]["HourFigures"][];
            /**
             * Format: date-time
             * @description Requests before this moment were not counted.
             */
            counted_since: string | null;
            /**
             * Format: int64
             * @description In the last 24 hours: this hour and the 23 before it.
             */
            last_24h: number;
        };
        /** @description A candle as clients see it. */
        CandleView: {
            /** @description The last price. */
            close: string;
            /** @description Nothing traded: flat at the price before. */
            filled: boolean;
            /** @description The highest price. */
            high: string;
            /** @description Its bucket is over. */
            is_closed: boolean;
            /** @description The lowest price. */
            low: string;
            /** @description The first price. */
            open: string;
            /** @description It does not cover its whole bucket. */
            partial: boolean;
            /** @description It was completed later from another source. */
            repaired: boolean;
            /**
             * Format: int64
             * @description How many ticks made it.
             */
            samples: number;
            /**
             * Format: date-time
             * @description The bucket's start.
             */
            timestamp: string;
            /** @description Traded quantity; null where no source tells it. */
            volume: string | null;
        };
        /** @description The shape of the answer, with what stands beside the candles. */
        CandlesEnvelope: {
            /** @description The candles, oldest first. */
            data: components["schemas"]["CandleView"][];
            /** @description Stretches in which the feed was down, so that there are no candles. */
            gaps: components["schemas"]["GapView"][];
            /** @description A sentence for people. */
            message: string;
            /**
             * @description Always true.
             * @example true
             */
            success: boolean;
        };
        /** @description The price moved by so many percent against the one of a while ago. */
        ChangePctCondition: {
            /** @description Which way. */
            direction: components["schemas"]["DirectionName"];
            /**
             * Format: double
             * @description How much; at most 4 decimals, at most 100 where down.
             */
            percent: number;
            type: components["schemas"]["ChangePctName"];
            /** @description Against the price of how long ago. */
            window: components["schemas"]["WindowName"];
        };
        /**
         * @description The type of a condition about a move.
         * @enum {string}
         */
        ChangePctName: "change_pct";
        /**
         * @description A way to reach a user.
         * @enum {string}
         */
        Channel: "in_app" | "email" | "webhook" | "telegram" | "discord" | "ntfy";
        /** @description The price is inside or outside a band, or enters or leaves it; the bounds belong to the band. */
        ChannelCondition: {
            /**
             * Format: decimal
             * @description The upper bound, above `low`.
             */
            high: string | number;
            /**
             * Format: decimal
             * @description The lower bound, above 0.
             */
            low: string | number;
            /** @description What about the band. */
            op: components["schemas"]["ChannelOpName"];
            type: components["schemas"]["ChannelName"];
        };
        /**
         * @description The type of a channel condition.
         * @enum {string}
         */
        ChannelName: "channel";
        /**
         * @description What about a band: `inside` and `outside` are states, `enters` and `exits` events.
         * @enum {string}
         */
        ChannelOpName: "inside" | "outside" | "enters" | "exits";
        /** @description What a check found, in words. */
        CheckReport: {
            /** @description Why it is down. */
            error?: string | null;
            /** @description `up` or `down`. */
            state: string;
        };
        /** @description What to watch for. */
        ConditionForm: components["schemas"]["SingleCondition"] | components["schemas"]["AllConditions"] | components["schemas"]["LevelName"];
        /** @description The time that was looked at. */
        CoverageView: {
            /**
             * Format: date-time
             * @description Its start; null where nothing is stored.
             */
            from: string | null;
            /** @description Times in it about which nothing is known. */
            gaps: components["schemas"]["AlertsGapView"][];
            /**
             * Format: date-time
             * @description Its end.
             */
            to: string;
        };
        /** @description The shape of a page, with what it lacks. */
        DeadLetterPage: {
            /** @description The facts. */
            data: components["schemas"]["DeadLetterView"][];
            /** @description A sentence for people. */
            message: string;
            /** @description Where this page lies. */
            page: components["schemas"]["DeadLetterPageInfo"];
            /**
             * @description Always true.
             * @example true
             */
            success: boolean;
        };
        /** @description Where a page of facts lies. */
        DeadLetterPageInfo: {
            /**
             * Format: int32
             * @description The most rows that this page could have.
             */
            limit: number;
            /** @description The services that did not answer. */
            missing: string[];
            /** @description The cursor of the next page, null on the last. */
            next: string | null;
        };
        /** @description A fact that was given up, without its content, which may be personal. */
        DeadLetterView: {
            /**
             * Format: int32
             * @description How often it was tried.
             */
            attempts: number;
            /** @description Why the last try failed. */
            cause: string;
            /**
             * Format: date-time
             * @description When it was given up.
             */
            dead_at: string;
            /** @description Such as `alert.fired.v1`. */
            event: string;
            /**
             * Format: uuid
             * @description The fact's id.
             */
            id: string;
            /** @description What it was about. */
            key: string;
            /** @description The queue that it came from. */
            queue: string;
            /**
             * Format: date-time
             * @description When it was sent again.
             */
            replayed_at: string | null;
            /** @description The service that gave it up. */
            service: string;
        };
        /** @description Deliveries of one channel and state. */
        DeliveryFigures: {
            channel: string;
            /** Format: int64 */
            count: number;
            state: string;
        };
        /**
         * @description What has become of a delivery.
         * @enum {string}
         */
        DeliveryState: "pending" | "sent" | "failed" | "suppressed";
        /** @description What has become of a notification on one channel. */
        DeliveryView: {
            /**
             * Format: int32
             * @description Tries so far.
             */
            attempts: number;
            /** @description The way. */
            channel: components["schemas"]["Channel"];
            /** @description Every try. */
            history: components["schemas"]["AttemptView"][];
            /** @description Why the last try failed, or why it is suppressed. */
            last_error: string | null;
            /**
             * Format: date-time
             * @description When it is tried next.
             */
            next_attempt_at: string | null;
            /**
             * Format: date-time
             * @description When it was accepted.
             */
            sent_at: string | null;
            /** @description How it stands. */
            state: components["schemas"]["DeliveryState"];
        };
        /**
         * @description How often mails are gathered into one.
         * @enum {string}
         */
        DigestMode: "off" | "hourly" | "daily";
        /**
         * @description Which way cash moves.
         * @enum {string}
         */
        Direction: "deposit" | "withdraw";
        /**
         * @description Which way a price moved.
         * @enum {string}
         */
        DirectionName: "up" | "down" | "either";
        /** @description Discord. */
        DiscordBody: {
            enabled?: boolean | null;
            /** @description The channel's webhook, `https://discord.com/api/webhooks/…`. */
            url?: string | null;
        };
        /** @description Discord. */
        DiscordView: {
            enabled: boolean;
            url: string | null;
        };
        /** @description The shape of a success, for the OpenAPI document: `body = Envelope<AlertView>`. */
        Envelope_AdminAssetView: {
            /** @description An asset, for administrators. */
            data: components["schemas"]["AssetView"] & {
                /** @description Offered to users. */
                enabled: boolean;
                /**
                 * Format: int64
                 * @description Counts its changes.
                 */
                version: number;
            };
            /** @description A sentence for people. */
            message: string;
            /**
             * @description Always true.
             * @example true
             */
            success: boolean;
        };
        /** @description The shape of a success, for the OpenAPI document: `body = Envelope<AlertView>`. */
        Envelope_AdminUserView: {
            /** @description A user as administrators see one. */
            data: {
                /** Format: date-time */
                created_at: string;
                disabled_reason: string | null;
                email: string;
                email_verified: boolean;
                /** Format: uuid */
                id: string;
                is_active: boolean;
                /** Format: date-time */
                last_seen_at: string | null;
                mfa_enabled: boolean;
                name: string;
                role: string;
                status: string;
                /** Format: int64 */
                version: number;
            };
            /** @description A sentence for people. */
            message: string;
            /**
             * @description Always true.
             * @example true
             */
            success: boolean;
        };
        /** @description The shape of a success, for the OpenAPI document: `body = Envelope<AlertView>`. */
        Envelope_AlertView: {
            /** @description An alert. */
            data: {
                /** @description Whether its condition was true when it was armed. */
                already_true: boolean;
                /** @description The asset. */
                asset_id: string;
                /** @description Its ticker. */
                asset_symbol: string;
                /** @description Where the owner is told. */
                channels: string[];
                /** @description What is watched for. */
                condition: components["schemas"]["ToldCondition"];
                /**
                 * Format: int32
                 * @description The least time between two notifications.
                 */
                cooldown_seconds: number;
                /**
                 * Format: date-time
                 * @description When it was made.
                 */
                created_at: string;
                /**
                 * Format: date-time
                 * @description When it ends.
                 */
                expires_at?: string | null;
                /**
                 * Format: int64
                 * @description How often it fired, suppressed times too.
                 */
                fired_count: number;
                /**
                 * Format: uuid
                 * @description The alert.
                 */
                id: string;
                /** @description Whether it is watching. */
                is_active: boolean;
                /** @description The owner's own words. */
                note?: string | null;
                /** @description `draft`, `armed`, `triggered`, `cooling`, `no_data`, `paused` or `expired`. */
                status: string;
                /** @description How often it may fire. */
                trigger: components["schemas"]["TriggerForm"];
                /**
                 * Format: date-time
                 * @description When it fired last, in event time.
                 */
                triggered_at?: string | null;
                /**
                 * Format: date-time
                 * @description When it was changed.
                 */
                updated_at: string;
                /**
                 * Format: int32
                 * @description Counts changes of asset, condition and trigger.
                 */
                version: number;
            };
            /** @description A sentence for people. */
            message: string;
            /**
             * @description Always true.
             * @example true
             */
            success: boolean;
        };
        /** @description The shape of a success, for the OpenAPI document: `body = Envelope<AlertView>`. */
        Envelope_AssetDetailView: {
            /** @description One asset in detail. */
            data: components["schemas"]["AssetView"] & {
                /** @description The highest price ever. */
                ath: string | null;
                /**
                 * Format: date-time
                 * @description When that was.
                 */
                ath_at: string | null;
                /** @description The lowest price ever. */
                atl: string | null;
                /**
                 * Format: date-time
                 * @description When that was.
                 */
                atl_at: string | null;
                /** @description Units in circulation. */
                circulating_supply: string | null;
                /** @description Units that can ever exist. */
                max_supply: string | null;
                /** @description Who says its prices. */
                providers: string[];
                /** @description Units that exist. */
                total_supply: string | null;
            };
            /** @description A sentence for people. */
            message: string;
            /**
             * @description Always true.
             * @example true
             */
            success: boolean;
        };
        /** @description The shape of a success, for the OpenAPI document: `body = Envelope<AlertView>`. */
        Envelope_ComposedUserView: {
            data: components["schemas"]["AdminUserView"] & {
                /**
                 * Format: int64
                 * @description Alerts that are kept; null where that is not known
                 */
                alerts: number | null;
                /** @description Cash and holdings in USD; null where that is not known */
                portfolio_value: string | null;
            };
            /** @description A sentence for people. */
            message: string;
            /**
             * @description Always true.
             * @example true
             */
            success: boolean;
        };
        /** @description The shape of a success, for the OpenAPI document: `body = Envelope<AlertView>`. */
        Envelope_DashboardStats: {
            /** @description What is going on. */
            data: {
                /**
                 * Format: int64
                 * @description Sessions that have not ended.
                 */
                active_sessions: number | null;
                alerts: components["schemas"]["AlertFigures"] | null;
                api_calls: components["schemas"]["CallFigures"] | null;
                notifications: components["schemas"]["NotificationFigures"] | null;
                /** @description Each service. */
                services: components["schemas"]["ServiceHealth"][];
                /**
                 * Format: date-time
                 * @description When the figures were taken.
                 */
                taken_at: string;
                trading: components["schemas"]["TradingFigures"] | null;
                users: components["schemas"]["UserFigures"] | null;
            };
            /** @description A sentence for people. */
            message: string;
            /**
             * @description Always true.
             * @example true
             */
            success: boolean;
        };
        /** @description The shape of a success, for the OpenAPI document: `body = Envelope<AlertView>`. */
        Envelope_DeletedAlertView: {
            /** @description An alert that is gone. */
            data: {
                /**
                 * Format: uuid
                 * @description Which one it was.
                 */
                id: string;
            };
            /** @description A sentence for people. */
            message: string;
            /**
             * @description Always true.
             * @example true
             */
            success: boolean;
        };
        /** @description The shape of a success, for the OpenAPI document: `body = Envelope<AlertView>`. */
        Envelope_DeletedView: {
            /** @description What was deleted. */
            data: {
                /**
                 * Format: uuid
                 * @description The notification.
                 */
                id: string;
            };
            /** @description A sentence for people. */
            message: string;
            /**
             * @description Always true.
             * @example true
             */
            success: boolean;
        };
        /** @description The shape of a success, for the OpenAPI document: `body = Envelope<AlertView>`. */
        Envelope_EnrolmentView: {
            /** @description What an authenticator app needs. */
            data: {
                /** @description The secret, as a link. */
                otpauth_url: string;
                /** @description The link, to be scanned: an SVG image. */
                qr_svg: string;
                /** @description The secret, to be typed. */
                secret: string;
            };
            /** @description A sentence for people. */
            message: string;
            /**
             * @description Always true.
             * @example true
             */
            success: boolean;
        };
        /** @description The shape of a success, for the OpenAPI document: `body = Envelope<AlertView>`. */
        Envelope_FilledView: {
            /** @description A fill and the portfolio after it. */
            data: {
                /** @description The portfolio. */
                portfolio: components["schemas"]["PortfolioView"];
                /** @description The fill. */
                trade: components["schemas"]["TradeView"];
            };
            /** @description A sentence for people. */
            message: string;
            /**
             * @description Always true.
             * @example true
             */
            success: boolean;
        };
        /** @description The shape of a success, for the OpenAPI document: `body = Envelope<AlertView>`. */
        Envelope_FundedView: {
            /** @description The portfolio after cash moved. */
            data: {
                /** @description The deposit or withdrawal. */
                funding: components["schemas"]["FundingView"];
                /** @description The portfolio. */
                portfolio: components["schemas"]["PortfolioView"];
            };
            /** @description A sentence for people. */
            message: string;
            /**
             * @description Always true.
             * @example true
             */
            success: boolean;
        };
        /** @description The shape of a success, for the OpenAPI document: `body = Envelope<AlertView>`. */
        Envelope_ImportView: {
            /** @description What an import does, or would do. */
            data: {
                /** @description Cash that the import brings for its buys, so that it leaves the cash as it is. */
                deposit: string;
                /** @description Rows that were booked before. */
                known: number;
                /** @description Rows that are booked, or would be. */
                new: number;
                portfolio: components["schemas"]["PortfolioView"] | null;
                /** @description Nothing was booked. */
                preview: boolean;
                /** @description Every row, the oldest fill first. */
                rows: components["schemas"]["ImportRowView"][];
                /** @description Whose export the file is: `candlewick`, `binance`, `coinbase` or `kraken`. */
                source: string;
                /** @description Cash that the import takes for its sales. */
                withdrawal: string;
                /** @description Rows that cannot be booked; while there are any, nothing of the file is. */
                wrong: number;
            };
            /** @description A sentence for people. */
            message: string;
            /**
             * @description Always true.
             * @example true
             */
            success: boolean;
        };
        /** @description The shape of a success, for the OpenAPI document: `body = Envelope<AlertView>`. */
        Envelope_IndicatorsView: {
            /** @description Indicators of an asset. */
            data: {
                /** @description The asset. */
                asset_id: string;
                /** @description The candles' interval. */
                interval: string;
                /** @description The newest values, the open candle counted: a number, or an object of them. */
                latest: Record<string, never>;
                /** @description The values of the newest closed candle. */
                latest_closed: Record<string, never>;
                /** @description `timestamps` and for each indicator a list, or an object of lists; null at warm-up. */
                series?: Record<string, never> | null;
            };
            /** @description A sentence for people. */
            message: string;
            /**
             * @description Always true.
             * @example true
             */
            success: boolean;
        };
        /** @description The shape of a success, for the OpenAPI document: `body = Envelope<AlertView>`. */
        Envelope_MeView: {
            /** @description The signed-in user. */
            data: {
                /** @description The country's two letters. */
                country: string | null;
                /**
                 * Format: date-time
                 * @description When the account was made.
                 */
                created_at: string;
                /** @description The address. */
                email: string;
                /** @description Whether its owner proved to read it. */
                email_verified: boolean;
                /**
                 * Format: uuid
                 * @description The user's id.
                 */
                id: string;
                /** @description The language of mails. */
                locale: string;
                /** @description Whether signing in needs a second factor. */
                mfa_enabled: boolean;
                /** @description The name. */
                name: string;
                /** @description An address that will take its place once proved. */
                pending_email: string | null;
                /** @description The telephone number. */
                phone: string | null;
                /**
                 * @description What the account may do.
                 * @example user
                 */
                role: string;
            };
            /** @description A sentence for people. */
            message: string;
            /**
             * @description Always true.
             * @example true
             */
            success: boolean;
        };
        /** @description The shape of a success, for the OpenAPI document: `body = Envelope<AlertView>`. */
        Envelope_MoversView: {
            /** @description What moved most. */
            data: {
                /** @description The largest rises, the largest first. */
                gainers: components["schemas"]["AssetView"][];
                /** @description The largest falls, the largest first. */
                losers: components["schemas"]["AssetView"][];
            };
            /** @description A sentence for people. */
            message: string;
            /**
             * @description Always true.
             * @example true
             */
            success: boolean;
        };
        /** @description The shape of a success, for the OpenAPI document: `body = Envelope<AlertView>`. */
        Envelope_NewTokenView: {
            /** @description A token that was made. */
            data: components["schemas"]["ApiTokenView"] & {
                /** @description The token, for the header `Authorization: Bearer`. It is shown only now. */
                token: string;
            };
            /** @description A sentence for people. */
            message: string;
            /**
             * @description Always true.
             * @example true
             */
            success: boolean;
        };
        /** @description The shape of a success, for the OpenAPI document: `body = Envelope<AlertView>`. */
        Envelope_NotificationView: {
            /** @description A message to the user. */
            data: {
                /**
                 * Format: date-time
                 * @description When it was made.
                 */
                created_at: string;
                /** @description The ids of what it is about, and the evidence. */
                data: Record<string, never>;
                /**
                 * Format: uuid
                 * @description Its id.
                 */
                id: string;
                /** @description What it is about. */
                kind: components["schemas"]["Kind"];
                /** @description A sentence or two. */
                message: string;
                /** @description Whether it was read. */
                read: boolean;
                /** @description One line. */
                title: string;
            };
            /** @description A sentence for people. */
            message: string;
            /**
             * @description Always true.
             * @example true
             */
            success: boolean;
        };
        /** @description The shape of a success, for the OpenAPI document: `body = Envelope<AlertView>`. */
        Envelope_Option_String: {
            data: null | string;
            /** @description A sentence for people. */
            message: string;
            /**
             * @description Always true.
             * @example true
             */
            success: boolean;
        };
        /** @description The shape of a success, for the OpenAPI document: `body = Envelope<AlertView>`. */
        Envelope_Option_bool: {
            data: null | boolean;
            /** @description A sentence for people. */
            message: string;
            /**
             * @description Always true.
             * @example true
             */
            success: boolean;
        };
        /** @description The shape of a success, for the OpenAPI document: `body = Envelope<AlertView>`. */
        Envelope_PerformanceView: {
            /** @description Returns and risks. */
            data: {
                /** @description Holding bitcoin over the same time, with the same deposits and withdrawals. */
                benchmark: components["schemas"]["BenchmarkView"];
                best_trade: components["schemas"]["TradeResult"] | null;
                /** @description Sales in that time. */
                closed_trades: number;
                /** @description Worth over time, oldest first, thinned. */
                equity_curve: components["schemas"]["EquityPoint"][];
                /**
                 * Format: date-time
                 * @description The start of what is looked at.
                 */
                from: string;
                /**
                 * Format: double
                 * @description The deepest fall from a peak, in percent, deposits and withdrawals left out.
                 */
                max_drawdown_pct: number | null;
                /**
                 * Format: double
                 * @description Return on the money that was in it (XIRR); of a year, or of the whole time where that is shorter.
                 */
                money_weighted_return_pct: number | null;
                /** @description What to know about these figures: `undefined_period`, `modified_dietz`. */
                notes: string[];
                /**
                 * Format: double
                 * @description Null under 30 days.
                 */
                sharpe: number | null;
                /**
                 * Format: double
                 * @description Null under 30 days.
                 */
                sortino: number | null;
                /**
                 * Format: double
                 * @description Growth without deposits and withdrawals, in percent.
                 */
                time_weighted_return_pct: number | null;
                /**
                 * Format: date-time
                 * @description Its end.
                 */
                to: string;
                /**
                 * Format: double
                 * @description Deviation of daily returns, of a year, in percent; null under 30 days.
                 */
                volatility_pct: number | null;
                /**
                 * Format: double
                 * @description Share of sales with a profit, in percent.
                 */
                win_rate_pct: number | null;
                worst_trade: components["schemas"]["TradeResult"] | null;
            };
            /** @description A sentence for people. */
            message: string;
            /**
             * @description Always true.
             * @example true
             */
            success: boolean;
        };
        /** @description The shape of a success, for the OpenAPI document: `body = Envelope<AlertView>`. */
        Envelope_PlacedView: {
            /** @description An order as it was placed. */
            data: components["schemas"]["OrderView"] & {
                linked_order?: components["schemas"]["OrderView"] | null;
                trade?: components["schemas"]["TradeView"] | null;
            };
            /** @description A sentence for people. */
            message: string;
            /**
             * @description Always true.
             * @example true
             */
            success: boolean;
        };
        /** @description The shape of a success, for the OpenAPI document: `body = Envelope<AlertView>`. */
        Envelope_PortfolioView: {
            /** @description A portfolio: one book of a user. */
            data: {
                /** @description Cash that is free. */
                available_cash: string;
                /**
                 * Format: int32
                 * @description Counts the user's books from 1.
                 */
                book: number;
                /** @description Cash, what open orders hold included. */
                cash_balance: string;
                /**
                 * Format: date-time
                 * @description When a reset closed it.
                 */
                closed_at: string | null;
                /** @description Cash and holdings. */
                equity: string;
                /** @description Fees paid. */
                fees_paid: string;
                /** @description What it holds, the most valuable first. */
                holdings: components["schemas"]["HoldingView"][];
                /** @description Worth of the holdings that have a price. */
                holdings_value: string;
                /** @description Deposits less withdrawals. */
                initial_balance: string;
                /** @description How resting limits are filled: `normal` at the touch, `strict` when traded through. */
                limit_fill: string;
                /**
                 * Format: double
                 * @description The fee of an order that had rested, in basis points.
                 */
                maker_fee_bps: number | null;
                /**
                 * Format: date-time
                 * @description When it was opened.
                 */
                opened_at: string;
                /** @description A holding has no price: its worth is missing in the sums. */
                partial: boolean;
                /** @description Equity less net deposits; holdings without a price are left out, with what they cost. */
                pnl: string;
                /**
                 * Format: double
                 * @description The same in percent of net deposits; null where no more was paid in than out.
                 */
                pnl_pct: number | null;
                /**
                 * Format: uuid
                 * @description The book's id.
                 */
                portfolio_id: string;
                /** @description Profit made certain. */
                realized_pnl: string;
                /** @description Cash that open orders hold. */
                reserved: string;
                /** @description A price in it is stale. */
                stale: boolean;
                /**
                 * Format: double
                 * @description The fee of an order that is filled at once, in basis points.
                 */
                taker_fee_bps: number | null;
                /** @description The assets without a price. */
                unpriced: string[];
                /** @description Profit not made certain. */
                unrealized_pnl: string;
                /**
                 * Format: date-time
                 * @description When the oldest of its prices was made; null without holdings.
                 */
                updated_at: string | null;
            };
            /** @description A sentence for people. */
            message: string;
            /**
             * @description Always true.
             * @example true
             */
            success: boolean;
        };
        /** @description The shape of a success, for the OpenAPI document: `body = Envelope<AlertView>`. */
        Envelope_PreferencesView: {
            /** @description The user's preferences. Secrets are shown once, in the answer to the change that made them. */
            data: {
                digest: components["schemas"]["DigestMode"];
                discord: components["schemas"]["DiscordView"];
                email: components["schemas"]["SwitchView"];
                in_app: components["schemas"]["SwitchView"];
                ntfy: components["schemas"]["NtfyView"];
                quiet_hours: components["schemas"]["QuietHoursView"] | null;
                telegram: components["schemas"]["TelegramView"];
                /**
                 * Format: int64
                 * @description Counts changes.
                 */
                version: number;
                webhook: components["schemas"]["WebhookView"];
            };
            /** @description A sentence for people. */
            message: string;
            /**
             * @description Always true.
             * @example true
             */
            success: boolean;
        };
        /** @description The shape of a success, for the OpenAPI document: `body = Envelope<AlertView>`. */
        Envelope_PreviewView: {
            /** @description When an alert would have fired. */
            data: {
                /** @description How many there are, listed or not. */
                count: number;
                /** @description About which time something is known. */
                coverage: components["schemas"]["CoverageView"];
                /** @description Oldest first; the first 1,000 of them. */
                fires: components["schemas"]["FireView"][];
                /** @description `ticks`, `candles` (one-minute candles) or `mixed`. */
                resolution: string;
            };
            /** @description A sentence for people. */
            message: string;
            /**
             * @description Always true.
             * @example true
             */
            success: boolean;
        };
        /** @description The shape of a success, for the OpenAPI document: `body = Envelope<AlertView>`. */
        Envelope_PriceView: {
            /** @description The newest price of an asset. */
            data: {
                /** @description The asset. */
                asset_id: string;
                /** @description Its name. */
                name: string;
                /** @description The newest price in USD; null while there is none. */
                price: string | null;
                /** @description Who said it. */
                source: string | null;
                /** @description Too old to be relied on. */
                stale: boolean;
                /** @description Its ticker. */
                symbol: string;
                /**
                 * Format: date-time
                 * @description When the price was made.
                 */
                timestamp: string | null;
                /**
                 * Format: date-time
                 * @description The same.
                 */
                updated_at: string | null;
            };
            /** @description A sentence for people. */
            message: string;
            /**
             * @description Always true.
             * @example true
             */
            success: boolean;
        };
        /** @description The shape of a success, for the OpenAPI document: `body = Envelope<AlertView>`. */
        Envelope_ReadAllView: {
            /** @description How many were affected. */
            data: {
                /** @description How many had not been read. */
                read: number;
            };
            /** @description A sentence for people. */
            message: string;
            /**
             * @description Always true.
             * @example true
             */
            success: boolean;
        };
        /** @description The shape of a success, for the OpenAPI document: `body = Envelope<AlertView>`. */
        Envelope_RecoveryView: {
            /** @description Codes that stand in for the app. */
            data: {
                /** @description Each is good once. They are shown only now. */
                recovery_codes: string[];
            };
            /** @description A sentence for people. */
            message: string;
            /**
             * @description Always true.
             * @example true
             */
            success: boolean;
        };
        /** @description The shape of a success, for the OpenAPI document: `body = Envelope<AlertView>`. */
        Envelope_RefreshedView: {
            /** @description Fresh tokens. */
            data: {
                /** @description The access token. */
                access: string;
                /**
                 * Format: int64
                 * @description For how many seconds it counts.
                 */
                expires_in: number;
                /** @description The next refresh token, where the last one came in the body. */
                refresh?: string | null;
            };
            /** @description A sentence for people. */
            message: string;
            /**
             * @description Always true.
             * @example true
             */
            success: boolean;
        };
        /** @description The shape of a success, for the OpenAPI document: `body = Envelope<AlertView>`. */
        Envelope_ReplayView: {
            /** @description Which fact was sent again. */
            data: {
                /**
                 * Format: uuid
                 * @description The fact.
                 */
                id: string;
                /** @description The service that will try it again. */
                service: string;
            };
            /** @description A sentence for people. */
            message: string;
            /**
             * @description Always true.
             * @example true
             */
            success: boolean;
        };
        /** @description The shape of a success, for the OpenAPI document: `body = Envelope<AlertView>`. */
        Envelope_SignedInView: {
            /** @description A session that has begun. */
            data: {
                /** @description The access token, for the header `Authorization: Bearer`. */
                access: string;
                /**
                 * Format: int64
                 * @description For how many seconds it counts.
                 */
                expires_in: number;
                /** @description The refresh token, where it was asked for in the body. */
                refresh?: string | null;
                /** @description The user. */
                user: components["schemas"]["MeView"];
            };
            /** @description A sentence for people. */
            message: string;
            /**
             * @description Always true.
             * @example true
             */
            success: boolean;
        };
        /** @description The shape of a success, for the OpenAPI document: `body = Envelope<AlertView>`. */
        Envelope_SourceView: {
            /** @description A source of prices, for administrators. */
            data: components["schemas"]["ProviderView"] & {
                /** @description Whether it is asked at all. */
                enabled: boolean;
                /**
                 * Format: date-time
                 * @description When it last answered.
                 */
                last_sync_at: string | null;
                /**
                 * Format: int32
                 * @description How often it is asked; null for a stream, or where its own default holds.
                 */
                poll_seconds: number | null;
                /**
                 * Format: int64
                 * @description Counts what administrators changed; 0 where nobody did.
                 */
                version: number;
            };
            /** @description A sentence for people. */
            message: string;
            /**
             * @description Always true.
             * @example true
             */
            success: boolean;
        };
        /** @description The shape of a success, for the OpenAPI document: `body = Envelope<AlertView>`. */
        Envelope_StatusView: {
            /** @description How the sources of prices fare. */
            data: {
                /** @description Each source. */
                providers: components["schemas"]["ProviderView"][];
                /** @description Prices are made up, or of another day. */
                simulated: boolean;
            };
            /** @description A sentence for people. */
            message: string;
            /**
             * @description Always true.
             * @example true
             */
            success: boolean;
        };
        /** @description The shape of a success, for the OpenAPI document: `body = Envelope<AlertView>`. */
        Envelope_SummaryView: {
            /** @description The market in figures. */
            data: {
                /** @description Assets that rose in 24 hours. */
                advancing: number;
                /** @description Enabled assets. */
                assets: number;
                /**
                 * Format: double
                 * @description Bitcoin's part of the market cap, in percent.
                 */
                btc_dominance: number | null;
                /** @description Assets that fell in 24 hours. */
                declining: number;
                /** @description All prices are too old to be relied on. */
                stale: boolean;
                /** @description The sum of the market caps that are known, in USD. */
                total_market_cap: string | null;
                /** @description The sum of what was traded in 24 hours, in USD. */
                total_volume_24h: string | null;
                /**
                 * Format: date-time
                 * @description When the newest of the prices was made.
                 */
                updated_at: string | null;
            };
            /** @description A sentence for people. */
            message: string;
            /**
             * @description Always true.
             * @example true
             */
            success: boolean;
        };
        /** @description The shape of a success, for the OpenAPI document: `body = Envelope<AlertView>`. */
        Envelope_TestView: {
            /** @description What happened to a test. */
            data: {
                /** @description What happened to it on each channel that is switched on. */
                deliveries: components["schemas"]["DeliveryView"][];
                /**
                 * Format: uuid
                 * @description The notification that was sent.
                 */
                notification_id: string;
            };
            /** @description A sentence for people. */
            message: string;
            /**
             * @description Always true.
             * @example true
             */
            success: boolean;
        };
        /** @description The shape of a success, for the OpenAPI document: `body = Envelope<AlertView>`. */
        Envelope_Vec_ApiTokenView: {
            data: {
                /**
                 * Format: date-time
                 * @description When it was made.
                 */
                created_at: string;
                /**
                 * Format: date-time
                 * @description When it ends.
                 */
                expires_at: string | null;
                /** @description Its last characters. */
                hint: string;
                /**
                 * Format: uuid
                 * @description The token's id.
                 */
                id: string;
                /**
                 * Format: date-time
                 * @description When it was last used, to the minute.
                 */
                last_used_at: string | null;
                /** @description What its owner calls it. */
                name: string;
                /** @description What it may do. */
                scopes: string[];
            }[];
            /** @description A sentence for people. */
            message: string;
            /**
             * @description Always true.
             * @example true
             */
            success: boolean;
        };
        /** @description The shape of a success, for the OpenAPI document: `body = Envelope<AlertView>`. */
        Envelope_Vec_HeatmapTile: {
            data: {
                /** @description The asset. */
                asset_id: string;
                /**
                 * Format: double
                 * @description Percent in the range.
                 */
                change: number | null;
                /** @description Price × circulating supply. */
                market_cap: string | null;
                /** @description Its name. */
                name: string;
                /** @description The newest price in USD. */
                price: string | null;
                /** @description Too old to be relied on. */
                stale: boolean;
                /** @description Its ticker. */
                symbol: string;
                /**
                 * Format: date-time
                 * @description When the price was made.
                 */
                updated_at: string | null;
            }[];
            /** @description A sentence for people. */
            message: string;
            /**
             * @description Always true.
             * @example true
             */
            success: boolean;
        };
        /** @description The shape of a success, for the OpenAPI document: `body = Envelope<AlertView>`. */
        Envelope_Vec_PointView: {
            data: {
                /** @description The price × today's circulating supply. */
                market_cap: string | null;
                /** @description The price in USD. */
                price: string;
                /**
                 * Format: date-time
                 * @description When the price was made. Of a stretch with more ticks than 20,000, or older than ticks are kept, it is told by its
                 *     candles: the open at the beginning, extremes at a third and at two thirds, the close at the end of each.
                 */
                timestamp: string;
                /**
                 * @description Traded in the 24 hours before, in USD, as far as it was seen: each candle's quantity at the mean of its prices, which
                 *     comes near to what the list of assets adds up trade by trade.
                 */
                volume_24h: string | null;
            }[];
            /** @description A sentence for people. */
            message: string;
            /**
             * @description Always true.
             * @example true
             */
            success: boolean;
        };
        /** @description The shape of a success, for the OpenAPI document: `body = Envelope<AlertView>`. */
        Envelope_Vec_ServiceView: {
            data: {
                /** @description What it depends on, and how that is. */
                checks: {
                    [key: string]: components["schemas"]["CheckReport"];
                };
                /**
                 * Format: int64
                 * @description Facts that were given up and wait for a person; null without a database.
                 */
                dead_letters: number | null;
                /** @description Its running processes, oldest first; null where that is not known. */
                instances: components["schemas"]["Instance"][] | null;
                /** @description Messages of the tick log by which each reader is behind the foremost one. */
                log_lag: {
                    [key: string]: number;
                };
                name: string;
                /**
                 * Format: double
                 * @description The age of the oldest of them, in seconds.
                 */
                outbox_age_seconds: number | null;
                /**
                 * Format: int64
                 * @description Facts that wait for the broker.
                 */
                outbox_rows: number | null;
                /**
                 * Format: double
                 * @description Half of the requests took no longer, in milliseconds.
                 */
                p50_ms: number | null;
                /**
                 * Format: double
                 * @description 99 of 100 requests took no longer, in milliseconds.
                 */
                p99_ms: number | null;
                /**
                 * Format: int64
                 * @description Facts that wait in the service's queue; null without a queue.
                 */
                queue_depth: number | null;
                /** @description Whether requests may be sent to it. */
                ready: boolean;
                /**
                 * Format: int64
                 * @description Requests answered since the instance was started.
                 */
                requests: number | null;
                state: components["schemas"]["ServiceState"];
                version: string | null;
            }[];
            /** @description A sentence for people. */
            message: string;
            /**
             * @description Always true.
             * @example true
             */
            success: boolean;
        };
        /** @description The shape of a success, for the OpenAPI document: `body = Envelope<AlertView>`. */
        Envelope_Vec_SessionView: {
            data: {
                /** @description Where it was last used from. */
                address: string;
                /**
                 * Format: date-time
                 * @description When the password was given.
                 */
                created_at: string;
                /** @description Whether this request belongs to it. */
                current: boolean;
                /**
                 * Format: date-time
                 * @description When it ends if it is not used.
                 */
                expires_at: string;
                /**
                 * Format: uuid
                 * @description The session's id.
                 */
                id: string;
                /**
                 * Format: date-time
                 * @description When it was last used, to within the life of an access token.
                 */
                last_used_at: string;
                /** @description With which program. */
                user_agent: string;
            }[];
            /** @description A sentence for people. */
            message: string;
            /**
             * @description Always true.
             * @example true
             */
            success: boolean;
        };
        /** @description The shape of a success, for the OpenAPI document: `body = Envelope<AlertView>`. */
        Envelope_Vec_SourceView: {
            data: (components["schemas"]["ProviderView"] & {
                /** @description Whether it is asked at all. */
                enabled: boolean;
                /**
                 * Format: date-time
                 * @description When it last answered.
                 */
                last_sync_at: string | null;
                /**
                 * Format: int32
                 * @description How often it is asked; null for a stream, or where its own default holds.
                 */
                poll_seconds: number | null;
                /**
                 * Format: int64
                 * @description Counts what administrators changed; 0 where nobody did.
                 */
                version: number;
            })[];
            /** @description A sentence for people. */
            message: string;
            /**
             * @description Always true.
             * @example true
             */
            success: boolean;
        };
        /** @description The shape of a success, for the OpenAPI document: `body = Envelope<AlertView>`. */
        Envelope_Vec_WatchlistView: {
            data: {
                /** @description Its assets in order. */
                assets: components["schemas"]["WatchedView"][];
                /**
                 * Format: date-time
                 * @description When it was made.
                 */
                created_at: string;
                /**
                 * Format: uuid
                 * @description The list.
                 */
                id: string;
                /** @description Its name. */
                name: string;
                /**
                 * Format: date-time
                 * @description When it was changed.
                 */
                updated_at: string;
                /**
                 * Format: int64
                 * @description Counts its changes.
                 */
                version: number;
            }[];
            /** @description A sentence for people. */
            message: string;
            /**
             * @description Always true.
             * @example true
             */
            success: boolean;
        };
        /** @description The shape of a success, for the OpenAPI document: `body = Envelope<AlertView>`. */
        Envelope_VerifiedView: {
            /** @description An address that is proved now. */
            data: {
                /** @description Always true. */
                email_verified: boolean;
            };
            /** @description A sentence for people. */
            message: string;
            /**
             * @description Always true.
             * @example true
             */
            success: boolean;
        };
        /** @description The shape of a success, for the OpenAPI document: `body = Envelope<AlertView>`. */
        Envelope_WatchlistView: {
            /** @description A list of assets. */
            data: {
                /** @description Its assets in order. */
                assets: components["schemas"]["WatchedView"][];
                /**
                 * Format: date-time
                 * @description When it was made.
                 */
                created_at: string;
                /**
                 * Format: uuid
                 * @description The list.
                 */
                id: string;
                /** @description Its name. */
                name: string;
                /**
                 * Format: date-time
                 * @description When it was changed.
                 */
                updated_at: string;
                /**
                 * Format: int64
                 * @description Counts its changes.
                 */
                version: number;
            };
            /** @description A sentence for people. */
            message: string;
            /**
             * @description Always true.
             * @example true
             */
            success: boolean;
        };
        /** @description Worth at a moment. */
        EquityPoint: {
            /** @description Worth. */
            equity: string;
            /**
             * Format: double
             * @description Growth since the start, deposits and withdrawals left out, in percent.
             */
            return_pct: number | null;
            /**
             * Format: date-time
             * @description When.
             */
            timestamp: string;
        };
        /** @description The shape of a failure, for the OpenAPI document. */
        Failure: {
            /** @description Always null. */
            data: Record<string, never> | null;
            /** @description What went wrong. */
            error: components["schemas"]["FailureInfo"];
            /** @description One plain sentence. */
            message: string;
            /**
             * @description Always false.
             * @example false
             */
            success: boolean;
        };
        /** @description What went wrong. */
        FailureInfo: {
            /** @description For programs, in snake_case. */
            code: string;
            /** @description Why each wrong field is wrong; only with 422. */
            fields?: {
                [key: string]: string[];
            };
            /**
             * Format: uuid
             * @description Names this request in our logs.
             */
            request_id: string;
        };
        /** @description One occasion. */
        FireView: {
            /**
             * Format: date-time
             * @description When the price was made.
             */
            event_at: string;
            /** @description The price before. */
            previous_price: string | null;
            /** @description The price. */
            price: string;
            /** @description Within the cooldown: nobody would have been told. */
            suppressed: boolean;
        };
        /** @description Cash in or out. */
        FundBody: {
            /**
             * Format: decimal
             * @description USD, in steps of 0.01, at most 1,000,000,000.
             * @example 1000.00
             */
            amount: string | number;
            /** @description Which way. */
            direction: components["schemas"]["Direction"];
        };
        /** @description A deposit or withdrawal. */
        FundingView: {
            /** @description How much. */
            amount: string;
            /** @description Cash after it. */
            balance_after: string;
            /**
             * Format: date-time
             * @description When.
             */
            created_at: string;
            /** @description `deposit` or `withdraw`. */
            direction: string;
            /**
             * Format: uuid
             * @description Names it.
             */
            id: string;
        };
        /** @description A stretch without candles. */
        GapView: {
            /**
             * Format: date-time
             * @description The end of the candle before it.
             */
            from: string;
            /**
             * Format: date-time
             * @description The start of the candle after it.
             */
            to: string;
        };
        /** @description How a server is. */
        HealthView: {
            /** @description One word: `live` or `stuck`, `up` or `down`. */
            status: string;
        };
        /** @description One holding. */
        HoldingView: {
            /** @description The asset. */
            asset_id: string;
            /** @description What one unit cost on average, fees included. Buys move it; by average cost, sales never do. */
            avg_price: string | null;
            /** @description What all of it cost. */
            cost: string;
            /** @description The newest price; null where none is known. */
            latest_price: string | null;
            /** @description Worth at that price. */
            market_value: string | null;
            /** @description Its name. */
            name: string;
            /** @description Worth less cost. */
            pnl_abs: string | null;
            /**
             * Format: double
             * @description The same in percent of cost.
             */
            pnl_pct: number | null;
            /** @description How much, what open orders hold included. */
            quantity: string;
            /** @description How much of it open orders hold. */
            reserved: string;
            /** @description Who said the price. */
            source: string | null;
            /** @description The price is too old to trade at, or missing. */
            stale: boolean;
            /** @description Its ticker. */
            symbol: string;
            /**
             * Format: date-time
             * @description When the price was made.
             */
            updated_at: string | null;
            /**
             * Format: double
             * @description Share of equity, in percent.
             */
            weight: number | null;
        };
        /** @description One hour. */
        HourFigures: {
            /** Format: int64 */
            calls: number;
            /**
             * Format: date-time
             * @description When it began.
             */
            hour: string;
        };
        /** @description A file to take over. */
        ImportBody: {
            /**
             * @description The text of a CSV file with its header: the trade export of Candlewick, Binance, Coinbase or Kraken.
             *     At most 131,000 characters: with the quotation marks and line ends that JSON escapes, any such ASCII text fits
             *     into a body. A longer file can be sent in parts that overlap, since no row is booked twice.
             * @example txid,ordertxid,pair,time,type,ordertype,price,cost,fee,vol
             *     TABC,OABC,XXBTZUSD,2026-01-05 10:00:00.1,buy,limit,60000,600,0.96,0.01
             */
            csv: string;
        };
        /** @description One row of the file. */
        ImportRowView: {
            /** @description The asset, where it is known. */
            asset_id: string | null;
            /**
             * Format: date-time
             * @description When it happened.
             */
            executed_at: string | null;
            /** @description The fee by the file, in USD. */
            fee: string | null;
            /**
             * Format: int64
             * @description Its line in the file, from 1.
             */
            line: number;
            /** @description What the figures don't say. */
            note: string | null;
            /** @description The price of one unit by the file, in USD. */
            price: string | null;
            /** @description How much comes in or goes out. */
            quantity: string | null;
            /** @description Why it cannot be booked, in English. */
            reason: string | null;
            /**
             * @description The same as a code that stays: `unreadable_row`, `missing_cell`, `wrong_number`, `wrong_time`, `wrong_cell`,
             *     `unknown_pair`, `other_currency`, `wrong_sum`, `unknown_asset`, `in_future`, `more_than_held`, `too_small` or
             *     `too_large`.
             */
            reason_code: string | null;
            /** @description `buy` or `sell`. */
            side: string | null;
            /** @description `new`, `known` or `wrong`. */
            state: string;
            /** @description Its ticker. */
            symbol: string | null;
            /** @description Cash that it costs or brings, fee included; null where it is not booked. */
            total: string | null;
        };
        /** @description An indicator's value is at or beyond a fixed one, or crosses it, judged on closed candles. */
        IndicatorCondition: {
            /**
             * @description Its name with its parameters, `rsi:14`; of those with several values also which one, `macd:12:26:9.signal`. `obv`
             *     is summed over the newest 299 closed candles, as on a chart of 300 of which one is open; `vwap` over the UTC day.
             * @example rsi:14
             */
            indicator: string;
            /** @description On which candles. */
            interval: components["schemas"]["IntervalName"];
            /** @description What about its value. */
            op: components["schemas"]["ValueOpName"];
            type: components["schemas"]["IndicatorName"];
            /**
             * Format: double
             * @description What it is compared with.
             */
            value: number;
        };
        /**
         * @description The type of a condition about an indicator.
         * @enum {string}
         */
        IndicatorName: "indicator";
        /** @description One running process of a service. */
        Instance: {
            /**
             * Format: uuid
             * @description Names it until it ends.
             */
            id: string;
            /**
             * Format: date-time
             * @description When it was started.
             */
            started_at: string;
            /** @description The version of the program. */
            version: string;
        };
        /**
         * @description The length of a candle.
         * @enum {string}
         */
        IntervalName: "1m" | "5m" | "15m" | "30m" | "1h" | "4h" | "1d" | "1w";
        /** @description A JSON Web Key Set. */
        KeySet: {
            /** @description Keys whose tokens count, also those that do not sign yet. */
            keys: components["schemas"]["PublicJwk"][];
        };
        /**
         * @description What a notification is about.
         * @enum {string}
         */
        Kind: "alert_fired" | "alert_expired" | "alert_paused" | "alert_no_data" | "order_filled" | "order_rejected" | "order_expired" | "feed_degraded" | "security" | "test" | "digest";
        /** @description The price is at or beyond a level, or crosses it. */
        LevelCondition: {
            /**
             * Format: decimal
             * @description The level, above 0.
             * @example 70000
             */
            price: string | number;
            /** @description `above` and `below` are states and count the level itself; the others are events. */
            type: components["schemas"]["LevelName"];
        };
        /**
         * @description What about a level.
         * @enum {string}
         */
        LevelName: "above" | "below" | "crosses_above" | "crosses_below" | "crosses";
        /**
         * @description How resting limits of the new book are filled.
         * @enum {string}
         */
        LimitFill: "normal" | "strict";
        /** @description Who wants to sign in. */
        Login: {
            /** @description The address of the account. */
            email: string;
            /** @description The code of the authenticator app, or a recovery code; needed once a second factor is set up. */
            otp?: string | null;
            /** @description Its password. */
            password: string;
            /** @description Where the refresh token goes. */
            token_delivery?: components["schemas"]["TokenDelivery"];
        };
        /** @description The token of a mail. */
        MailTokenBody: {
            /** @description The token. */
            token: string;
        };
        /** @description The signed-in user. */
        MeView: {
            /** @description The country's two letters. */
            country: string | null;
            /**
             * Format: date-time
             * @description When the account was made.
             */
            created_at: string;
            /** @description The address. */
            email: string;
            /** @description Whether its owner proved to read it. */
            email_verified: boolean;
            /**
             * Format: uuid
             * @description The user's id.
             */
            id: string;
            /** @description The language of mails. */
            locale: string;
            /** @description Whether signing in needs a second factor. */
            mfa_enabled: boolean;
            /** @description The name. */
            name: string;
            /** @description An address that will take its place once proved. */
            pending_email: string | null;
            /** @description The telephone number. */
            phone: string | null;
            /**
             * @description What the account may do.
             * @example user
             */
            role: string;
        };
        /** @description One month. */
        MonthFigures: {
            /** Format: int64 */
            active: number;
            /** @description `2026-11`, in UTC. */
            month: string;
            /** Format: int64 */
            registered: number;
        };
        /** @description A token that somebody wants. */
        NewToken: {
            /**
             * Format: date-time
             * @description When it ends; never, if left out.
             */
            expires_at?: string | null;
            /** @description What its owner calls it, 1 to 100 characters. */
            name: string;
            /** @description One or more of `read`, `alerts`, `trade`. */
            scopes: string[];
        };
        /** @description What users were told in the last 24 hours. */
        NotificationFigures: {
            deliveries: components["schemas"]["DeliveryFigures"][];
            /** Format: int64 */
            last_24h: number;
        };
        /** @description The shape of a page, with what it counts. */
        NotificationPage: {
            /** @description The notifications. */
            data: components["schemas"]["NotificationView"][];
            /** @description A sentence for people. */
            message: string;
            /** @description Where this page lies. */
            page: components["schemas"]["NotificationPageInfo"];
            /**
             * @description Always true.
             * @example true
             */
            success: boolean;
        };
        /** @description Where a page of notifications lies. */
        NotificationPageInfo: {
            /**
             * Format: int32
             * @description The most rows that this page could have.
             */
            limit: number;
            /** @description The cursor of the next page, null on the last. */
            next: string | null;
            /**
             * Format: int64
             * @description How many of all the user's notifications were not read.
             */
            unread: number;
        };
        /** @description A message to the user. */
        NotificationView: {
            /**
             * Format: date-time
             * @description When it was made.
             */
            created_at: string;
            /** @description The ids of what it is about, and the evidence. */
            data: Record<string, never>;
            /**
             * Format: uuid
             * @description Its id.
             */
            id: string;
            /** @description What it is about. */
            kind: components["schemas"]["Kind"];
            /** @description A sentence or two. */
            message: string;
            /** @description Whether it was read. */
            read: boolean;
            /** @description One line. */
            title: string;
        };
        /** @description ntfy. */
        NtfyBody: {
            enabled?: boolean | null;
            /** @description The server; null for the platform's. */
            server?: string | null;
            /** @description The access token; null keeps the present one as long as the server stays. */
            token?: string | null;
            /** @description Ignored. */
            readonly token_set?: boolean | null;
            /** @description The topic. */
            topic?: string | null;
        };
        /** @description ntfy. */
        NtfyView: {
            enabled: boolean;
            server: string | null;
            /** @description Always null. */
            token: string | null;
            /** @description Whether there is one. */
            token_set: boolean;
            topic: string | null;
        };
        /** @description An order. Which prices it needs depends on its type. */
        OrderBody: {
            /** @description Your own name for it, at most 48 characters, unique in the portfolio. */
            client_order_id?: string | null;
            /**
             * Format: date-time
             * @description When it ends, in the future; for `gtd` alone.
             */
            expires_at?: string | null;
            /**
             * Format: decimal
             * @description The limit of `limit` and `stop_limit`.
             */
            limit_price?: string | number | null;
            /**
             * Format: decimal
             * @description So much of the asset, in steps of 0.00000001.
             * @example 0.25
             */
            quantity: string | number;
            /** @description Which way. */
            side: components["schemas"]["WireSide"];
            stop_loss?: components["schemas"]["StopLossBody"] | null;
            /**
             * Format: decimal
             * @description The trigger of `stop`, `stop_limit` and `take_profit`.
             */
            stop_price?: string | number | null;
            /**
             * @description A ticker or an asset id.
             * @example BTC
             */
            symbol: string;
            take_profit?: components["schemas"]["TakeProfitBody"] | null;
            time_in_force?: components["schemas"]["WireTimeInForce"] | null;
            /**
             * Format: decimal
             * @description How far a `trailing_stop` follows, in percent: above 0, at most 50.
             */
            trail_pct?: string | number | null;
            /** @description Its type. */
            type: components["schemas"]["WireType"];
        };
        /** @description An order. */
        OrderView: {
            /** @description The asset. */
            asset_id: string;
            /** @description Its owner's name for it. */
            client_order_id: string | null;
            /**
             * Format: date-time
             * @description When it was made.
             */
            created_at: string;
            /**
             * Format: date-time
             * @description When it ends.
             */
            expires_at: string | null;
            /** @description How much of it is filled. */
            filled_quantity: string;
            /**
             * Format: uuid
             * @description The order.
             */
            id: string;
            /** @description Its limit. */
            limit_price: string | null;
            /**
             * Format: uuid
             * @description The other half of a pair.
             */
            linked_order_id: string | null;
            /** @description How much. */
            quantity: string;
            /** @description Why it ended. */
            reason: string | null;
            /** @description Cash of a buy, or the asset of a sale, that it holds. */
            reserved: string;
            /** @description `buy` or `sell`. */
            side: string;
            /** @description `accepted`, `triggered`, `filled`, `cancelled`, `expired` or `rejected`. */
            status: string;
            /** @description Its trigger; of a trailing stop, where that stands now. */
            stop_price: string | null;
            /** @description Its ticker. */
            symbol: string;
            /** @description `gtc`, `ioc`, `fok` or `gtd`. */
            time_in_force: string;
            /**
             * Format: double
             * @description How far it trails, in percent.
             */
            trail_pct: number | null;
            /** @description Its type. */
            type: string;
            /**
             * Format: date-time
             * @description When it changed.
             */
            updated_at: string;
        };
        /** @description A code of the authenticator app. */
        OtpBody: {
            /** @description Six digits. */
            otp: string;
        };
        /** @description The shape of a page, for the OpenAPI document: `body = PageEnvelope<AlertView>`. */
        PageEnvelope_AdminAssetView: {
            /** @description The rows. */
            data: (components["schemas"]["AssetView"] & {
                /** @description Offered to users. */
                enabled: boolean;
                /**
                 * Format: int64
                 * @description Counts its changes.
                 */
                version: number;
            })[];
            /** @description A sentence for people. */
            message: string;
            /** @description Where this page lies. */
            page: components["schemas"]["PageInfo"];
            /**
             * @description Always true.
             * @example true
             */
            success: boolean;
        };
        /** @description The shape of a page, for the OpenAPI document: `body = PageEnvelope<AlertView>`. */
        PageEnvelope_AlertView: {
            /** @description The rows. */
            data: {
                /** @description Whether its condition was true when it was armed. */
                already_true: boolean;
                /** @description The asset. */
                asset_id: string;
                /** @description Its ticker. */
                asset_symbol: string;
                /** @description Where the owner is told. */
                channels: string[];
                /** @description What is watched for. */
                condition: components["schemas"]["ToldCondition"];
                /**
                 * Format: int32
                 * @description The least time between two notifications.
                 */
                cooldown_seconds: number;
                /**
                 * Format: date-time
                 * @description When it was made.
                 */
                created_at: string;
                /**
                 * Format: date-time
                 * @description When it ends.
                 */
                expires_at?: string | null;
                /**
                 * Format: int64
                 * @description How often it fired, suppressed times too.
                 */
                fired_count: number;
                /**
                 * Format: uuid
                 * @description The alert.
                 */
                id: string;
                /** @description Whether it is watching. */
                is_active: boolean;
                /** @description The owner's own words. */
                note?: string | null;
                /** @description `draft`, `armed`, `triggered`, `cooling`, `no_data`, `paused` or `expired`. */
                status: string;
                /** @description How often it may fire. */
                trigger: components["schemas"]["TriggerForm"];
                /**
                 * Format: date-time
                 * @description When it fired last, in event time.
                 */
                triggered_at?: string | null;
                /**
                 * Format: date-time
                 * @description When it was changed.
                 */
                updated_at: string;
                /**
                 * Format: int32
                 * @description Counts changes of asset, condition and trigger.
                 */
                version: number;
            }[];
            /** @description A sentence for people. */
            message: string;
            /** @description Where this page lies. */
            page: components["schemas"]["PageInfo"];
            /**
             * @description Always true.
             * @example true
             */
            success: boolean;
        };
        /** @description The shape of a page, for the OpenAPI document: `body = PageEnvelope<AlertView>`. */
        PageEnvelope_AssetView: {
            /** @description The rows. */
            data: {
                /**
                 * @description The asset.
                 * @example bitcoin
                 */
                asset_id: string;
                /**
                 * Format: double
                 * @description Percent since an hour ago.
                 */
                change_1h: number | null;
                /**
                 * Format: double
                 * @description Percent since a day ago.
                 */
                change_24h: number | null;
                /**
                 * Format: double
                 * @description Percent since a week ago.
                 */
                change_7d: number | null;
                /** @description Its logo. */
                image_url: string | null;
                /** @description Price × circulating supply, in USD. */
                market_cap: string | null;
                /** @description Its name. */
                name: string;
                /** @description The newest price in USD. */
                price: string | null;
                /**
                 * Format: int32
                 * @description Its place by market cap.
                 */
                rank: number | null;
                /** @description Who said it. */
                source: string | null;
                /** @description Hourly closes of the last seven days, oldest first, then the newest price. */
                sparkline_7d: string[];
                /** @description Too old to be relied on. */
                stale: boolean;
                /**
                 * @description Its ticker.
                 * @example BTC
                 */
                symbol: string;
                /**
                 * Format: date-time
                 * @description When the price was made.
                 */
                updated_at: string | null;
                /** @description Traded in the last 24 hours, in USD, as far as it was seen. */
                volume_24h: string | null;
            }[];
            /** @description A sentence for people. */
            message: string;
            /** @description Where this page lies. */
            page: components["schemas"]["PageInfo"];
            /**
             * @description Always true.
             * @example true
             */
            success: boolean;
        };
        /** @description The shape of a page, for the OpenAPI document: `body = PageEnvelope<AlertView>`. */
        PageEnvelope_AuditView: {
            /** @description The rows. */
            data: {
                /** @description What. */
                action: string;
                /**
                 * Format: uuid
                 * @description Who; null for the command line or somebody unknown.
                 */
                actor_id?: string | null;
                /** @description From which address; null once the person is forgotten. */
                address?: string | null;
                /**
                 * Format: date-time
                 * @description When.
                 */
                at: string;
                /** @description Particulars. */
                detail: string;
                /** @description The hash of this line behind the one before, in hex. */
                hash: string;
                /**
                 * Format: uuid
                 * @description Its id, made of its time and its hash.
                 */
                id: string;
                /**
                 * Format: uuid
                 * @description In which request.
                 */
                request_id?: string | null;
                /**
                 * Format: int64
                 * @description Its number, without gaps.
                 */
                seq: number;
                /**
                 * Format: uuid
                 * @description To whom.
                 */
                target_id?: string | null;
                /** @description With which program. */
                user_agent?: string | null;
            }[];
            /** @description A sentence for people. */
            message: string;
            /** @description Where this page lies. */
            page: components["schemas"]["PageInfo"];
            /**
             * @description Always true.
             * @example true
             */
            success: boolean;
        };
        /** @description The shape of a page, for the OpenAPI document: `body = PageEnvelope<AlertView>`. */
        PageEnvelope_ComposedUserView: {
            /** @description The rows. */
            data: (components["schemas"]["AdminUserView"] & {
                /**
                 * Format: int64
                 * @description Alerts that are kept; null where that is not known
                 */
                alerts: number | null;
                /** @description Cash and holdings in USD; null where that is not known */
                portfolio_value: string | null;
            })[];
            /** @description A sentence for people. */
            message: string;
            /** @description Where this page lies. */
            page: components["schemas"]["PageInfo"];
            /**
             * @description Always true.
             * @example true
             */
            success: boolean;
        };
        /** @description The shape of a page, for the OpenAPI document: `body = PageEnvelope<AlertView>`. */
        PageEnvelope_DeliveryView: {
            /** @description The rows. */
            data: {
                /**
                 * Format: int32
                 * @description Tries so far.
                 */
                attempts: number;
                /** @description The way. */
                channel: components["schemas"]["Channel"];
                /** @description Every try. */
                history: components["schemas"]["AttemptView"][];
                /** @description Why the last try failed, or why it is suppressed. */
                last_error: string | null;
                /**
                 * Format: date-time
                 * @description When it is tried next.
                 */
                next_attempt_at: string | null;
                /**
                 * Format: date-time
                 * @description When it was accepted.
                 */
                sent_at: string | null;
                /** @description How it stands. */
                state: components["schemas"]["DeliveryState"];
            }[];
            /** @description A sentence for people. */
            message: string;
            /** @description Where this page lies. */
            page: components["schemas"]["PageInfo"];
            /**
             * @description Always true.
             * @example true
             */
            success: boolean;
        };
        /** @description The shape of a page, for the OpenAPI document: `body = PageEnvelope<AlertView>`. */
        PageEnvelope_EntryView: {
            /** @description The rows. */
            data: {
                /**
                 * Format: date-time
                 * @description When.
                 */
                created_at: string;
                /** @description Its own hash. */
                hash: string;
                /**
                 * Format: uuid
                 * @description Names it.
                 */
                id: string;
                /** @description Why it was made. */
                kind: string;
                /** @description Its lines; they sum to zero for each asset. */
                postings: components["schemas"]["PostingView"][];
                /** @description The hash of the entry before it. */
                prev_hash: string;
                /**
                 * Format: uuid
                 * @description The funding, trade, order or next book that it is about.
                 */
                reference: string;
                /**
                 * Format: int64
                 * @description Counts the book's entries from 1.
                 */
                seq: number;
            }[];
            /** @description A sentence for people. */
            message: string;
            /** @description Where this page lies. */
            page: components["schemas"]["PageInfo"];
            /**
             * @description Always true.
             * @example true
             */
            success: boolean;
        };
        /** @description The shape of a page, for the OpenAPI document: `body = PageEnvelope<AlertView>`. */
        PageEnvelope_FiringView: {
            /** @description The rows. */
            data: {
                /**
                 * Format: uuid
                 * @description The alert.
                 */
                alert_id: string;
                /**
                 * Format: int32
                 * @description Its version then.
                 */
                alert_version: number;
                /** @description The asset. */
                asset_id: string;
                /** @description Its ticker then. */
                asset_symbol: string;
                /** @description The condition then. */
                condition: components["schemas"]["ToldCondition"];
                /**
                 * Format: date-time
                 * @description When it was decided.
                 */
                evaluated_at: string;
                /**
                 * Format: date-time
                 * @description When it was made.
                 */
                event_at: string;
                /** @description Found in the extremes of a range. */
                from_candle_range: boolean;
                /**
                 * Format: uuid
                 * @description The firing.
                 */
                id: string;
                /** @description Found after the fact. */
                late: boolean;
                /**
                 * Format: int64
                 * @description From receipt to decision.
                 */
                latency_ms: number;
                /**
                 * Format: date-time
                 * @description When the owner was first told: when it came into the list of the web app, or where the alert doesn't go there, when
                 *     another channel first took it. Null until then, and where nobody is told.
                 */
                notified_at?: string | null;
                /** @description The price before. */
                previous_price?: string | null;
                /**
                 * Format: double
                 * @description The indicator's value before, where the condition is about one.
                 */
                previous_value?: number | null;
                /** @description The price that met the condition. */
                price: string;
                /**
                 * Format: date-time
                 * @description When it was received.
                 */
                received_at: string;
                /** @description Who said the price. */
                source: string;
                /** @description Nobody was told, because of the cooldown. */
                suppressed: boolean;
                /** @description Names the occasion: `seq:<n>` or `bar:<interval>:<start_ms>`. */
                trigger_key: string;
                /**
                 * Format: double
                 * @description The indicator's value.
                 */
                value?: number | null;
            }[];
            /** @description A sentence for people. */
            message: string;
            /** @description Where this page lies. */
            page: components["schemas"]["PageInfo"];
            /**
             * @description Always true.
             * @example true
             */
            success: boolean;
        };
        /** @description The shape of a page, for the OpenAPI document: `body = PageEnvelope<AlertView>`. */
        PageEnvelope_FundingView: {
            /** @description The rows. */
            data: {
                /** @description How much. */
                amount: string;
                /** @description Cash after it. */
                balance_after: string;
                /**
                 * Format: date-time
                 * @description When.
                 */
                created_at: string;
                /** @description `deposit` or `withdraw`. */
                direction: string;
                /**
                 * Format: uuid
                 * @description Names it.
                 */
                id: string;
            }[];
            /** @description A sentence for people. */
            message: string;
            /** @description Where this page lies. */
            page: components["schemas"]["PageInfo"];
            /**
             * @description Always true.
             * @example true
             */
            success: boolean;
        };
        /** @description The shape of a page, for the OpenAPI document: `body = PageEnvelope<AlertView>`. */
        PageEnvelope_LoggedDeliveryView: {
            /** @description The rows. */
            data: (components["schemas"]["DeliveryView"] & {
                /**
                 * Format: date-time
                 * @description When it was planned.
                 */
                created_at: string;
                /**
                 * Format: uuid
                 * @description Its id; a mail's Message-ID and a webhook's `webhook-id` are made of it.
                 */
                id: string;
                kind: components["schemas"]["Kind"] | null;
                /**
                 * Format: uuid
                 * @description The notification that it tells; null for a mail of the account, a link to confirm an address for example.
                 */
                notification_id: string | null;
                /** @description Its title. */
                title: string | null;
            })[];
            /** @description A sentence for people. */
            message: string;
            /** @description Where this page lies. */
            page: components["schemas"]["PageInfo"];
            /**
             * @description Always true.
             * @example true
             */
            success: boolean;
        };
        /** @description The shape of a page, for the OpenAPI document: `body = PageEnvelope<AlertView>`. */
        PageEnvelope_OrderView: {
            /** @description The rows. */
            data: {
                /** @description The asset. */
                asset_id: string;
                /** @description Its owner's name for it. */
                client_order_id: string | null;
                /**
                 * Format: date-time
                 * @description When it was made.
                 */
                created_at: string;
                /**
                 * Format: date-time
                 * @description When it ends.
                 */
                expires_at: string | null;
                /** @description How much of it is filled. */
                filled_quantity: string;
                /**
                 * Format: uuid
                 * @description The order.
                 */
                id: string;
                /** @description Its limit. */
                limit_price: string | null;
                /**
                 * Format: uuid
                 * @description The other half of a pair.
                 */
                linked_order_id: string | null;
                /** @description How much. */
                quantity: string;
                /** @description Why it ended. */
                reason: string | null;
                /** @description Cash of a buy, or the asset of a sale, that it holds. */
                reserved: string;
                /** @description `buy` or `sell`. */
                side: string;
                /** @description `accepted`, `triggered`, `filled`, `cancelled`, `expired` or `rejected`. */
                status: string;
                /** @description Its trigger; of a trailing stop, where that stands now. */
                stop_price: string | null;
                /** @description Its ticker. */
                symbol: string;
                /** @description `gtc`, `ioc`, `fok` or `gtd`. */
                time_in_force: string;
                /**
                 * Format: double
                 * @description How far it trails, in percent.
                 */
                trail_pct: number | null;
                /** @description Its type. */
                type: string;
                /**
                 * Format: date-time
                 * @description When it changed.
                 */
                updated_at: string;
            }[];
            /** @description A sentence for people. */
            message: string;
            /** @description Where this page lies. */
            page: components["schemas"]["PageInfo"];
            /**
             * @description Always true.
             * @example true
             */
            success: boolean;
        };
        /** @description The shape of a page, for the OpenAPI document: `body = PageEnvelope<AlertView>`. */
        PageEnvelope_TradeView: {
            /** @description The rows. */
            data: {
                /** @description The asset. */
                asset_id: string;
                /**
                 * Format: date-time
                 * @description When it was booked.
                 */
                created_at: string;
                /**
                 * Format: date-time
                 * @description When it happened; earlier than its booking where it was imported.
                 */
                executed_at: string;
                /** @description The fee within it. */
                fee: string;
                /**
                 * Format: uuid
                 * @description The fill.
                 */
                id: string;
                /** @description What its file says and the figures don't. */
                import_note: string | null;
                /** @description Whose file it was imported from: its price is that of the file. Null for every fill that was made here. */
                imported_from: string | null;
                /** @description Its name. */
                name: string;
                /**
                 * Format: uuid
                 * @description The order that it fills; null for what was imported.
                 */
                order_id: string | null;
                /** @description The price of one unit, spread and slippage included. */
                price: string;
                /** @description How much. */
                quantity: string;
                /** @description The price that it was filled at, and what was added to it. */
                quote: components["schemas"]["QuoteView"];
                /** @description Profit that a sale made certain, by average cost; null for a buy. */
                realized_pnl: string | null;
                /** @description The same, first in, first out. */
                realized_pnl_fifo: string | null;
                /** @description `buy` or `sell`. */
                side: string;
                /** @description Its ticker. */
                symbol: string;
                /** @description Cash that went out (buy) or came in (sell), fee included. */
                total: string;
            }[];
            /** @description A sentence for people. */
            message: string;
            /** @description Where this page lies. */
            page: components["schemas"]["PageInfo"];
            /**
             * @description Always true.
             * @example true
             */
            success: boolean;
        };
        /** @description The shape of a page, for the OpenAPI document: `body = PageEnvelope<AlertView>`. */
        PageEnvelope_TransactionView: {
            /** @description The rows. */
            data: {
                /** @description Cash that moved. */
                amount: string;
                /** @description The asset of a trade. */
                asset_id: string | null;
                /**
                 * Format: date-time
                 * @description When.
                 */
                created_at: string;
                /** @description The fee within it. */
                fee: string | null;
                /**
                 * Format: uuid
                 * @description Names it.
                 */
                id: string;
                /** @description `buy`, `sell`, `deposit` or `withdraw`. */
                kind: string;
                /**
                 * Format: uuid
                 * @description The book.
                 */
                portfolio_id: string;
                /** @description At which price. */
                price: string | null;
                /** @description How much of it. */
                quantity: string | null;
                /** @description Its ticker. */
                symbol: string | null;
                /**
                 * Format: uuid
                 * @description Whose; of a deleted account, nobody's.
                 */
                user_id: string;
            }[];
            /** @description A sentence for people. */
            message: string;
            /** @description Where this page lies. */
            page: components["schemas"]["PageInfo"];
            /**
             * @description Always true.
             * @example true
             */
            success: boolean;
        };
        /** @description Where a page lies. */
        PageInfo: {
            /**
             * Format: int32
             * @description The most rows that this page could have.
             */
            limit: number;
            /** @description The cursor of the next page, null on the last. */
            next: string | null;
        };
        /** @description The password, where it has to be given again. */
        PasswordAgain: {
            /** @description The password; needed when signing in was more than ten minutes ago. */
            password?: string | null;
        };
        /** @description The password, given again. */
        PasswordBody: {
            /** @description The password. */
            password: string;
        };
        /** @description A change of password by somebody who knows it. */
        PasswordChange: {
            /** @description The present password. */
            current_password: string;
            /** @description 12 to 128 characters. */
            new_password: string;
        };
        /** @description A portfolio: one book of a user. */
        PortfolioView: {
            /** @description Cash that is free. */
            available_cash: string;
            /**
             * Format: int32
             * @description Counts the user's books from 1.
             */
            book: number;
            /** @description Cash, what open orders hold included. */
            cash_balance: string;
            /**
             * Format: date-time
             * @description When a reset closed it.
             */
            closed_at: string | null;
            /** @description Cash and holdings. */
            equity: string;
            /** @description Fees paid. */
            fees_paid: string;
            /** @description What it holds, the most valuable first. */
            holdings: components["schemas"]["HoldingView"][];
            /** @description Worth of the holdings that have a price. */
            holdings_value: string;
            /** @description Deposits less withdrawals. */
            initial_balance: string;
            /** @description How resting limits are filled: `normal` at the touch, `strict` when traded through. */
            limit_fill: string;
            /**
             * Format: double
             * @description The fee of an order that had rested, in basis points.
             */
            maker_fee_bps: number | null;
            /**
             * Format: date-time
             * @description When it was opened.
             */
            opened_at: string;
            /** @description A holding has no price: its worth is missing in the sums. */
            partial: boolean;
            /** @description Equity less net deposits; holdings without a price are left out, with what they cost. */
            pnl: string;
            /**
             * Format: double
             * @description The same in percent of net deposits; null where no more was paid in than out.
             */
            pnl_pct: number | null;
            /**
             * Format: uuid
             * @description The book's id.
             */
            portfolio_id: string;
            /** @description Profit made certain. */
            realized_pnl: string;
            /** @description Cash that open orders hold. */
            reserved: string;
            /** @description A price in it is stale. */
            stale: boolean;
            /**
             * Format: double
             * @description The fee of an order that is filled at once, in basis points.
             */
            taker_fee_bps: number | null;
            /** @description The assets without a price. */
            unpriced: string[];
            /** @description Profit not made certain. */
            unrealized_pnl: string;
            /**
             * Format: date-time
             * @description When the oldest of its prices was made; null without holdings.
             */
            updated_at: string | null;
        };
        /** @description One line of an entry. */
        PostingView: {
            /** @description `cash`, `reserved`, `holdings`, `external`, `market` or `fees`. */
            account: string;
            /** @description What comes in; negative where it goes out. */
            amount: string;
            /** @description `USD` or an asset id. */
            asset: string;
        };
        /**
         * @description Preferences. PUT takes what is left out as its default, PATCH leaves it as it is.
         *
         *     The members that end in `_set` are only read; they are taken and ignored, so that an answer can be sent back.
         */
        PreferencesBody: {
            digest?: components["schemas"]["DigestMode"] | null;
            discord?: components["schemas"]["DiscordBody"] | null;
            email?: components["schemas"]["SwitchBody"] | null;
            in_app?: components["schemas"]["SwitchBody"] | null;
            ntfy?: components["schemas"]["NtfyBody"] | null;
            quiet_hours?: components["schemas"]["QuietHoursBody"] | null;
            telegram?: components["schemas"]["TelegramBody"] | null;
            /**
             * Format: int64
             * @description The version that was changed; an old one is refused.
             */
            version?: number | null;
            webhook?: components["schemas"]["WebhookBody"] | null;
        };
        /** @description What a user changes of their account. Members that are left out stay. */
        ProfileChange: {
            /** @description The country's two letters; null removes it. */
            country?: string | null;
            /** @description Needed to change the address. */
            current_password?: string | null;
            /** @description A new address; it counts once it is proved. */
            email?: string | null;
            /** @description The name. */
            full_name?: string | null;
            /** @description The language of mails. */
            locale?: string | null;
            /** @description The same as `full_name`. */
            name?: string | null;
            /** @description The telephone number; null removes it. */
            phone?: string | null;
        };
        /** @description How a source fares. */
        ProviderView: {
            /** @description What is wrong. */
            error: string | null;
            /**
             * Format: int64
             * @description How old that is; for recorded prices since they were received.
             */
            lag_ms: number | null;
            /**
             * Format: date-time
             * @description When its newest price was made.
             */
            last_tick_at: string | null;
            /** @description Its name. */
            name: string;
            /** @description Its state. */
            state: components["schemas"]["SourceState"];
        };
        /** @description A public key as JWKS lists it (RFC 8037). */
        PublicJwk: {
            /** @description `EdDSA`. */
            alg: string;
            /** @description `Ed25519`. */
            crv: string;
            /** @description The name in token headers. */
            kid: string;
            /** @description `OKP`. */
            kty: string;
            /** @description `sig`. */
            use: string;
            /** @description The key, base64url. */
            x: string;
        };
        /** @description Quiet hours. */
        QuietHoursBody: {
            /** @description Such as 07:00; another time than the start. */
            end: string;
            /** @description Such as 22:00. */
            start: string;
            /**
             * @description Such as Europe/Paris.
             * @default UTC
             */
            time_zone: string;
        };
        /** @description Quiet hours. */
        QuietHoursView: {
            end: string;
            start: string;
            time_zone: string;
        };
        /** @description Where a fill's price comes from. For what was imported it is the file: nothing was added here. */
        QuoteView: {
            /**
             * Format: int64
             * @description How old it was.
             */
            age_ms: number;
            /**
             * Format: date-time
             * @description When it was made.
             */
            event_at: string;
            /**
             * Format: double
             * @description The fee's rate, in basis points.
             */
            fee_bps: number | null;
            /** @description Names the tick: asset and number; of what was imported, the file's owner. */
            id: string;
            /** @description The market's price. */
            price: string;
            /**
             * Format: double
             * @description For size, in basis points.
             */
            slippage_bps: number | null;
            /** @description Who said it. */
            source: string;
            /**
             * Format: double
             * @description From the price to bid or ask, in basis points.
             */
            spread_bps: number | null;
        };
        /** @description The refresh token of a program; browsers have theirs in the cookie. */
        RefreshBody: {
            /** @description The token; left out where the cookie has it. */
            refresh?: string | null;
        };
        /** @description Who wants an account. */
        Registration: {
            /** @description The address. */
            email: string;
            /** @description How to address the person, 1 to 100 characters. */
            name: string;
            /** @description 12 to 128 characters. */
            password: string;
        };
        /** @description Closes the book and opens a fresh one. */
        ResetBody: {
            /** @description Must be true. */
            confirm: boolean;
            /** @description How resting limits of the new book are filled. */
            limit_fill?: components["schemas"]["LimitFill"];
            /**
             * Format: decimal
             * @description The new book's own fee of an order that had rested, in basis points, at most 1,000; the platform's where nothing is said.
             * @example 2.5
             */
            maker_fee_bps?: string | number | null;
            /**
             * Format: decimal
             * @description The same of an order that is filled at once.
             * @example 5
             */
            taker_fee_bps?: string | number | null;
        };
        /** @description A new password with a mailed token. */
        ResetConfirmation: {
            /** @description 12 to 128 characters. */
            new_password: string;
            /** @description The token of the mail. */
            token: string;
        };
        /** @description Who forgot the password. */
        ResetRequest: {
            /** @description The address of the account. */
            email: string;
        };
        /** @description What a user may do. */
        RoleChange: {
            /** @description `user` or `admin`. */
            role: string;
            /**
             * Format: int64
             * @description The version that was seen; an old one is refused.
             */
            version?: number | null;
        };
        /** @description A service in short. */
        ServiceHealth: {
            name: string;
            /** @description `down` where it does not answer. */
            state: components["schemas"]["ServiceState"];
            version: string | null;
        };
        /**
         * @description Whether a service can do its work.
         * @enum {string}
         */
        ServiceState: "ready" | "degraded" | "not_ready" | "draining" | "down";
        /** @description One condition. */
        SingleCondition: components["schemas"]["LevelCondition"] | components["schemas"]["ChannelCondition"] | components["schemas"]["ChangePctCondition"] | components["schemas"]["IndicatorCondition"] | components["schemas"]["VolumeSpikeCondition"];
        /** @description What changes of a source. */
        SourceChange: {
            /** @description Whether it is asked at all. */
            enabled?: boolean | null;
            /**
             * Format: int32
             * @description How often it is asked, 1 to 86,400 seconds; null for its own default.
             */
            poll_seconds?: number | null;
            /**
             * Format: int64
             * @description The version that was seen; an old one is refused.
             */
            version?: number | null;
        };
        /**
         * @description The state of a source.
         * @enum {string}
         */
        SourceState: "live" | "degraded" | "down" | "disabled";
        /** @description Whether a user may sign in. */
        StatusChange: {
            /** @description May sign in. */
            is_active: boolean;
            /** @description Why not, up to 500 characters; the audit log keeps it. */
            reason?: string | null;
            /**
             * Format: int64
             * @description The version that was seen; an old one is refused.
             */
            version?: number | null;
        };
        /** @description The protecting half of a pair. */
        StopLossBody: {
            /**
             * Format: decimal
             * @description Its limit after the trigger; at market without.
             */
            limit_price?: string | number | null;
            /**
             * Format: decimal
             * @description Its trigger.
             */
            stop_price: string | number;
        };
        /**
         * @description `ticker:SYMBOL`, and updates of `ticker:*`: a ticker; the snapshot of `ticker:*`: all of them, by rank. `candles:…`,
         *     `orders` and `notifications`: a list of rows as `/api/ohlc/{symbol}/`, `/api/virtual-portfolio/orders/` and
         *     `/api/notifications/?unread=true` show them, then single rows. `portfolio`: as `/api/virtual-portfolio/`.
         */
        StreamData: components["schemas"]["Ticker"] | components["schemas"]["Ticker"][] | Record<string, never> | Record<string, never>[];
        /** @description A message about a channel. */
        StreamMessage: {
            /**
             * @description The channel, as it was subscribed to.
             * @example ticker:BTC
             */
            channel: string;
            /** @description What it tells. */
            data: components["schemas"]["StreamData"];
            /**
             * Format: int64
             * @description Counts the messages of this channel on this connection, from 1, without gaps.
             */
            seq: number;
            /** @description All of it, or what changed. */
            type: components["schemas"]["StreamMessageType"];
        };
        /**
         * @description Whether a message tells all of a channel or what changed.
         * @enum {string}
         */
        StreamMessageType: "snapshot" | "update";
        /** @description A channel without further settings. */
        SwitchBody: {
            enabled?: boolean | null;
        };
        /** @description A channel without further settings. */
        SwitchView: {
            enabled: boolean;
        };
        /** @description The profitable half of a pair. */
        TakeProfitBody: {
            /**
             * Format: decimal
             * @description Its limit: above the last price for a sale, below it for a buy. What can be had at once needs no pair.
             */
            limit_price: string | number;
        };
        /** @description Telegram. */
        TelegramBody: {
            /** @description The bot's token; null keeps the present one. */
            bot_token?: string | null;
            /** @description Ignored. */
            readonly bot_token_set?: boolean | null;
            /** @description The chat's number or @name. */
            chat_id?: string | null;
            enabled?: boolean | null;
        };
        /** @description Telegram. */
        TelegramView: {
            /** @description Always null. */
            bot_token: string | null;
            /** @description Whether there is a token. */
            bot_token_set: boolean;
            chat_id: string | null;
            enabled: boolean;
        };
        /** @description A price as the channels `ticker:…` tell it. */
        Ticker: {
            /**
             * @description The asset.
             * @example bitcoin
             */
            asset_id: string;
            /**
             * Format: double
             * @description Percent since a day ago.
             */
            change_24h: number | null;
            /**
             * Format: date-time
             * @description When the price was made.
             */
            event_at: string | null;
            /** @description The newest price in USD; null while there is none. */
            price: string | null;
            /**
             * Format: date-time
             * @description When it was received.
             */
            received_at: string | null;
            /** @description Who said it. */
            source: string | null;
            /** @description Too old to be relied on. */
            stale: boolean;
            /**
             * @description Its ticker.
             * @example BTC
             */
            symbol: string;
        };
        /**
         * @description Where the refresh token goes.
         * @enum {string}
         */
        TokenDelivery: "cookie" | "body";
        /** @description A condition as it is told. */
        ToldCondition: components["schemas"]["SingleCondition"] | components["schemas"]["AllConditions"];
        /** @description A market order. The price of the fill is the server's business. */
        TradeBody: {
            /**
             * Format: decimal
             * @description Refuse a fill that is further than this from the last price, in percent: above 0, at most 100.
             * @example 0.5
             */
            max_slippage_pct?: string | number | null;
            /**
             * Format: decimal
             * @description So much of the asset, in steps of 0.00000001; this or `quote_amount`.
             * @example 0.25
             */
            quantity?: string | number | null;
            /**
             * Format: decimal
             * @description So much cash, fee included, in steps of 0.01.
             * @example 100.00
             */
            quote_amount?: string | number | null;
            /** @description Which way. */
            side: components["schemas"]["WireSide"];
            /**
             * @description A ticker or an asset id.
             * @example BTC
             */
            symbol: string;
        };
        /** @description What a sale brought. */
        TradeResult: {
            /** @description The asset. */
            asset_id: string;
            /**
             * Format: date-time
             * @description When.
             */
            created_at: string;
            /** @description Profit or loss. */
            realized_pnl: string;
            /** @description Its ticker. */
            symbol: string;
            /**
             * Format: uuid
             * @description The fill.
             */
            trade_id: string;
        };
        /** @description A fill. */
        TradeView: {
            /** @description The asset. */
            asset_id: string;
            /**
             * Format: date-time
             * @description When it was booked.
             */
            created_at: string;
            /**
             * Format: date-time
             * @description When it happened; earlier than its booking where it was imported.
             */
            executed_at: string;
            /** @description The fee within it. */
            fee: string;
            /**
             * Format: uuid
             * @description The fill.
             */
            id: string;
            /** @description What its file says and the figures don't. */
            import_note: string | null;
            /** @description Whose file it was imported from: its price is that of the file. Null for every fill that was made here. */
            imported_from: string | null;
            /** @description Its name. */
            name: string;
            /**
             * Format: uuid
             * @description The order that it fills; null for what was imported.
             */
            order_id: string | null;
            /** @description The price of one unit, spread and slippage included. */
            price: string;
            /** @description How much. */
            quantity: string;
            /** @description The price that it was filled at, and what was added to it. */
            quote: components["schemas"]["QuoteView"];
            /** @description Profit that a sale made certain, by average cost; null for a buy. */
            realized_pnl: string | null;
            /** @description The same, first in, first out. */
            realized_pnl_fifo: string | null;
            /** @description `buy` or `sell`. */
            side: string;
            /** @description Its ticker. */
            symbol: string;
            /** @description Cash that went out (buy) or came in (sell), fee included. */
            total: string;
        };
        /** @description Paper trading. */
        TradingFigures: {
            /** Format: int64 */
            open_orders: number;
            /** Format: int64 */
            portfolios: number;
            /** Format: int64 */
            trades_24h: number;
            /** @description In USD. */
            volume_24h: string;
        };
        /** @description How often an alert may fire. */
        TriggerForm: components["schemas"]["TriggerName"] | {
            /** @description The length. */
            once_per_bar: components["schemas"]["IntervalName"];
        } | {
            /** @description The length. */
            once_per_bar_close: components["schemas"]["IntervalName"];
        };
        /**
         * @description How often, by name.
         * @enum {string}
         */
        TriggerName: "once" | "every_time" | "once_per_minute";
        /** @description Accounts. */
        UserFigures: {
            /**
             * Format: int64
             * @description They may sign in.
             */
            active: number;
            /** Format: int64 */
            admins: number;
            /** @description Accounts made in each month, and people who signed in in it, oldest first. */
            by_month: components["schemas"]["MonthFigures"][];
            /** Format: int64 */
            total: number;
            /**
             * Format: int64
             * @description Their address is proved.
             */
            verified: number;
        };
        /**
         * @description What about a value: `above` and `below` are states and count equality, the others events.
         * @enum {string}
         */
        ValueOpName: "above" | "below" | "crosses_above" | "crosses_below";
        /** @description A closed candle's volume is so many times the mean of the 20 before it, or more. */
        VolumeSpikeCondition: {
            /** @description Of which candles. */
            interval: components["schemas"]["IntervalName"];
            /**
             * Format: double
             * @description How many times the mean; at most 4 decimals.
             */
            multiple: number;
            type: components["schemas"]["VolumeSpikeName"];
        };
        /**
         * @description The type of a condition about volume.
         * @enum {string}
         */
        VolumeSpikeName: "volume_spike";
        /** @description An asset of a list. */
        WatchedView: {
            /** @description The asset. */
            asset_id: string;
            /** @description Its name. */
            name: string;
            /** @description Its ticker. */
            symbol: string;
        };
        /** @description A new list. */
        WatchlistBody: {
            /** @description Tickers or asset ids, in order, at most 200, none twice. */
            assets?: string[];
            /** @description Its name, 1 to 100 characters. */
            name: string;
        };
        /** @description A changed list. */
        WatchlistPutBody: {
            /** @description Tickers or asset ids, in order, at most 200, none twice. */
            assets: string[];
            /** @description Its name, 1 to 100 characters. */
            name: string;
            /**
             * Format: int64
             * @description The version that was changed: an old one is refused. Without it the list is replaced whatever it is.
             */
            version?: number | null;
        };
        /** @description The webhook. */
        WebhookBody: {
            enabled?: boolean | null;
            /** @description Make a new secret. */
            rotate_secret?: boolean | null;
            /** @description A signing secret of one's own: `whsec_…`, or 16 to 128 letters, digits and signs; null keeps the present one. */
            secret?: string | null;
            /** @description Ignored. */
            readonly secret_set?: boolean | null;
            /** @description An https address on the public internet, at port 443 or 8443. */
            url?: string | null;
        };
        /** @description The webhook. */
        WebhookView: {
            enabled: boolean;
            /** @description Signs requests; null but in the answer to the change that made it. */
            secret: string | null;
            /** @description Whether there is one. */
            secret_set: boolean;
            url: string | null;
        };
        /**
         * @description How long ago.
         * @enum {string}
         */
        WindowName: "5m" | "1h" | "24h";
        /**
         * @description Which way an order goes.
         * @enum {string}
         */
        WireSide: "buy" | "sell";
        /**
         * @description How long an order lives.
         * @enum {string}
         */
        WireTimeInForce: "gtc" | "ioc" | "fok" | "gtd";
        /**
         * @description The types of orders.
         * @enum {string}
         */
        WireType: "market" | "limit" | "stop" | "stop_limit" | "take_profit" | "trailing_stop" | "oco";
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    public_keys: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A JSON Web Key Set */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KeySet"];
                };
            };
            /** @description The request can't be read */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description The token that came along is expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A field is wrong */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A fault of ours */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not available right now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    list_all_assets: {
        parameters: {
            query?: {
                /** @description A part of the name, ticker or id. */
                search?: string;
                /** @description Only enabled ones, or only disabled ones. */
                enabled?: boolean;
                /** @description The most rows. */
                limit?: number;
                /** @description The `next` of an earlier page. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of assets */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PageEnvelope_AdminAssetView"];
                };
            };
            /** @description The request can't be read */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description No token, or one that is expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not allowed */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A field is wrong */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A fault of ours */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not available right now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    change_asset: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description An asset id */
                asset_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AssetChange"];
            };
        };
        responses: {
            /** @description The asset as it is now */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Envelope_AdminAssetView"];
                };
            };
            /** @description The request can't be read */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description No token, or one that is expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not allowed */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description No such thing for this user */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `version_conflict` */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description The body is too long */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description The body is not application/json */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A field is wrong */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A fault of ours */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not available right now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    list_audit: {
        parameters: {
            query?: {
                /** @description Who did it, or to whom it was done. */
                user_id?: string;
                /** @description What was done, such as `role_changed`. */
                action?: string;
                /** @description Rows of a page. */
                limit?: number;
                /** @description The `next` of the page before. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PageEnvelope_AuditView"];
                };
            };
            /** @description The request can't be read */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description No token, or one that is expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not allowed */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A field is wrong */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A fault of ours */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not available right now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    read_stats: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The figures */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Envelope_DashboardStats"];
                };
            };
            /** @description The request can't be read */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description No token, or one that is expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not allowed */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A field is wrong */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A fault of ours */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not available right now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    list_dead_letters: {
        parameters: {
            query?: {
                /** @description Rows of a page, 1 to 200. */
                limit?: number;
                /** @description The `next` of the page before. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page; `page.missing` names the services that did not answer */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeadLetterPage"];
                };
            };
            /** @description The request can't be read */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description No token, or one that is expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not allowed */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A field is wrong */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A fault of ours */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not available right now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    replay_dead_letter: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The dead letter */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It will be tried again */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Envelope_ReplayView"];
                };
            };
            /** @description The request can't be read */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description No token, or one that is expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not allowed */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description No such thing for this user */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description The body is too long */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description The body is not application/json */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A field is wrong */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A fault of ours */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not available right now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    list_sources: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The sources */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Envelope_Vec_SourceView"];
                };
            };
            /** @description The request can't be read */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description No token, or one that is expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not allowed */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A field is wrong */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A fault of ours */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not available right now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    change_source: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A source */
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SourceChange"];
            };
        };
        responses: {
            /** @description The source as it is now */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Envelope_SourceView"];
                };
            };
            /** @description The request can't be read */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description No token, or one that is expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not allowed */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description No such thing for this user */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `version_conflict` */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description The body is too long */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description The body is not application/json */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A field is wrong */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A fault of ours */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not available right now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    read_system: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The services, the gateway last */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Envelope_Vec_ServiceView"];
                };
            };
            /** @description The request can't be read */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description No token, or one that is expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not allowed */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A field is wrong */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A fault of ours */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not available right now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    admin_transactions: {
        parameters: {
            query?: {
                /** @description Rows of a page, 1 to 200. */
                limit?: number;
                /** @description The `next` of the page before. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PageEnvelope_TransactionView"];
                };
            };
            /** @description The request can't be read */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description No token, or one that is expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not allowed */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A field is wrong */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A fault of ours */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not available right now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    list_users: {
        parameters: {
            query?: {
                /** @description Part of a name or address. */
                search?: string;
                /** @description `active` or `disabled`. */
                status?: "active" | "disabled";
                /** @description `user` or `admin`. */
                role?: string;
                /** @description `created_at` (the default), `name`, `email`, `last_seen_at`, `portfolio_value` or `alerts`. */
                sort?: "created_at" | "name" | "email" | "last_seen_at" | "portfolio_value" | "alerts";
                /** @description `asc` or `desc`; texts are ascending and all else is descending where nothing is said. */
                order?: "asc" | "desc";
                /** @description Rows of a page. */
                limit?: number;
                /** @description The `next` of the page before. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PageEnvelope_ComposedUserView"];
                };
            };
            /** @description The request can't be read */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description No token, or one that is expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not allowed */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A field is wrong */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A fault of ours */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not available right now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    get_user: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The user */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The user */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Envelope_ComposedUserView"];
                };
            };
            /** @description The request can't be read */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description No token, or one that is expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not allowed */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description No such user */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A field is wrong */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A fault of ours */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not available right now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    delete_user: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The user */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The account is removed */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Envelope_Option_bool"];
                };
            };
            /** @description The request can't be read */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description No token, or one that is expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not allowed */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description No such thing for this user */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `cannot_change_yourself` or `last_admin` */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A field is wrong */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A fault of ours */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not available right now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    change_role: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The user */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RoleChange"];
            };
        };
        responses: {
            /** @description The user as it is now */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Envelope_AdminUserView"];
                };
            };
            /** @description The request can't be read */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description No token, or one that is expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not allowed */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description No such thing for this user */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `cannot_change_yourself`, `last_admin` or `version_conflict` */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description The body is too long */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description The body is not application/json */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A field is wrong */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A fault of ours */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not available right now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    change_status: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The user */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["StatusChange"];
            };
        };
        responses: {
            /** @description The user as it is now */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Envelope_AdminUserView"];
                };
            };
            /** @description The request can't be read */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description No token, or one that is expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not allowed */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description No such thing for this user */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `cannot_change_yourself`, `last_admin` or `version_conflict` */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description The body is too long */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description The body is not application/json */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A field is wrong */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A fault of ours */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not available right now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    list_alerts: {
        parameters: {
            query?: {
                /** @description `armed`, `triggered`, `cooling`, `no_data`, `paused` or `expired`. */
                status?: string;
                /** @description A ticker or an asset id. */
                symbol?: string;
                /** @description The most rows, 1 to 200. */
                limit?: number;
                /** @description `page.next` of the page before. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It worked */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PageEnvelope_AlertView"];
                };
            };
            /** @description The request can't be read */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description No token, or one that is expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not allowed */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A field is wrong */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A fault of ours */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not available right now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    create_alert: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key with the same body within 24 hours gives the first answer again and makes nothing twice */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AlertBody"];
            };
        };
        responses: {
            /** @description It was made */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Envelope_AlertView"];
                };
            };
            /** @description The request can't be read */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description No token, or one that is expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not allowed */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description The present state forbids it, or the key belongs to another request: `idempotency_key_reused`, `idempotency_in_progress` */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description The body is too long */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description The body is not application/json */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A field is wrong */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A fault of ours */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not available right now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    list_firings: {
        parameters: {
            query?: {
                /** @description Of one alert. */
                alert_id?: string;
                /** @description A ticker or an asset id. */
                symbol?: string;
                /** @description The most rows, 1 to 200. */
                limit?: number;
                /** @description `page.next` of the page before. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It worked */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PageEnvelope_FiringView"];
                    "text/csv": string;
                };
            };
            /** @description The request can't be read */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description No token, or one that is expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not allowed */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A field is wrong */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A fault of ours */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not available right now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    preview_alert: {
        parameters: {
            query?: {
                /** @description Days, 30 where nothing is said. Candles are not cut: it begins where the longest one that the alert is about begins. */
                days?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AlertBody"];
            };
        };
        responses: {
            /** @description It worked */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Envelope_PreviewView"];
                };
            };
            /** @description The request can't be read */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description No token, or one that is expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not allowed */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description The body is too long */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description The body is not application/json */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A field is wrong */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A fault of ours */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Too many previews are being computed; try again after `Retry-After` */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    read_alert: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It worked */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Envelope_AlertView"];
                };
            };
            /** @description The request can't be read */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description No token, or one that is expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not allowed */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description No such thing for this user */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A field is wrong */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A fault of ours */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not available right now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    delete_alert: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is gone */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Envelope_DeletedAlertView"];
                };
            };
            /** @description The request can't be read */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description No token, or one that is expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not allowed */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description No such thing for this user */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A field is wrong */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A fault of ours */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not available right now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    change_alert: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AlertPatch"];
            };
        };
        responses: {
            /** @description It worked */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Envelope_AlertView"];
                };
            };
            /** @description The request can't be read */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description No token, or one that is expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not allowed */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description No such thing for this user */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `version_conflict`: it was changed meanwhile; `alert_expired`: an expired alert needs a new `expires_at` to be armed */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description The body is too long */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description The body is not application/json */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A field is wrong */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A fault of ours */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not available right now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    list_assets: {
        parameters: {
            query?: {
                /** @description A part of the name, ticker or id, in any case. */
                search?: string;
                /** @description What to sort by; by rank where nothing is said. */
                sort?: "rank" | "price" | "change_1h" | "change_24h" | "change_7d" | "volume_24h" | "market_cap" | "name";
                /** @description Which end comes first; unknown values come last in both. */
                order?: "asc" | "desc";
                /** @description The most rows. */
                limit?: number;
                /** @description The `next` of an earlier page. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of assets */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PageEnvelope_AssetView"];
                };
            };
            /** @description Unchanged */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request can't be read */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description The token that came along is expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A field is wrong */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A fault of ours */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not available right now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    read_asset: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A ticker in any case, or an asset id */
                symbol: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The asset */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Envelope_AssetDetailView"];
                };
            };
            /** @description Unchanged */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request can't be read */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description The token that came along is expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description No such thing for this user */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A field is wrong */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A fault of ours */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not available right now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    read_price: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A ticker in any case, or an asset id */
                symbol: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The price */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Envelope_PriceView"];
                };
            };
            /** @description Unchanged */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request can't be read */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description The token that came along is expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description No such thing for this user */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A field is wrong */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A fault of ours */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not available right now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    admin_login: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Login"];
            };
        };
        responses: {
            /** @description A session has begun */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Envelope_SignedInView"];
                };
            };
            /** @description The request can't be read */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `invalid_credentials`, or `otp_required` after a right password */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `not_admin`, `account_disabled` or `email_unverified`, after a right password */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description The body is too long */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description The body is not application/json */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A field is wrong */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A fault of ours */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not available right now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    change_password: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PasswordChange"];
            };
        };
        responses: {
            /** @description The password is changed; other sessions have ended */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Envelope_Option_bool"];
                };
            };
            /** @description The request can't be read */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description No token, or one that is expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not allowed */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description The body is too long */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description The body is not application/json */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A field is wrong */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A fault of ours */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not available right now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    export: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All of it; 503 while a service does not answer, since a part would pass for the whole */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
            /** @description The request can't be read */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description No token, or one that is expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not allowed */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A field is wrong */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A fault of ours */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not available right now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    login: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Login"];
            };
        };
        responses: {
            /** @description A session has begun */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Envelope_SignedInView"];
                };
            };
            /** @description The request can't be read */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `invalid_credentials`, or `otp_required` after a right password */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `account_disabled` or `email_unverified`, after a right password */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description The body is too long */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description The body is not application/json */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A field is wrong */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A fault of ours */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not available right now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    logout: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Needed only without an access token and without the cookie */
        requestBody?: {
            content: {
                "application/json": components["schemas"]["RefreshBody"] | null;
            };
        };
        responses: {
            /** @description Signed out */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Envelope_Option_bool"];
                };
            };
            /** @description The request can't be read */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description The token that came along is expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `origin_not_allowed`: a page of another origin asked with the cookie alone */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description The body is too long */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description The body is not application/json */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A field is wrong */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A fault of ours */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not available right now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    me: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The signed-in user */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Envelope_MeView"];
                };
            };
            /** @description The request can't be read */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description No token, or one that is expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not allowed */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A field is wrong */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A fault of ours */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not available right now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    delete_me: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PasswordBody"];
            };
        };
        responses: {
            /** @description The account is gone; other services follow */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Envelope_Option_bool"];
                };
            };
            /** @description The request can't be read */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description No token, or one that is expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not allowed */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `cannot_change_yourself`: administrators are removed by others */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description The body is too long */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description The body is not application/json */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A field is wrong */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A fault of ours */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not available right now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    begin_totp: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Needed when signing in was more than ten minutes ago */
        requestBody?: {
            content: {
                "application/json": components["schemas"]["PasswordAgain"] | null;
            };
        };
        responses: {
            /** @description The secret for the authenticator app */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Envelope_EnrolmentView"];
                };
            };
            /** @description The request can't be read */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description No token, or one that is expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not allowed */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `mfa_enabled`: there is one already */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description The body is too long */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description The body is not application/json */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A field is wrong */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A fault of ours */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not available right now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    remove_totp: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PasswordBody"];
            };
        };
        responses: {
            /** @description Signing in needs the password alone */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Envelope_Option_bool"];
                };
            };
            /** @description The request can't be read */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description No token, or one that is expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not allowed */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description There is no second factor */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description The body is too long */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description The body is not application/json */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A field is wrong */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A fault of ours */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not available right now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    confirm_totp: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["OtpBody"];
            };
        };
        responses: {
            /** @description The second factor counts from now on */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Envelope_RecoveryView"];
                };
            };
            /** @description The request can't be read */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description No token, or one that is expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not allowed */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `no_enrolment`: none is under way, or five codes were wrong */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description The body is too long */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description The body is not application/json */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A field is wrong */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A fault of ours */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not available right now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    request_reset: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ResetRequest"];
            };
        };
        responses: {
            /** @description A mail is on its way, if the address has an account */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Envelope_Option_bool"];
                };
            };
            /** @description The request can't be read */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description The token that came along is expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description The body is too long */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description The body is not application/json */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A field is wrong */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A fault of ours */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not available right now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    confirm_reset: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ResetConfirmation"];
            };
        };
        responses: {
            /** @description The password is set; all sessions have ended and all API tokens are gone */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Envelope_Option_bool"];
                };
            };
            /** @description The request can't be read */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description The token that came along is expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description The body is too long */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description The body is not application/json */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `invalid_token`: wrong, spent or void; or the password is unfit */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A fault of ours */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not available right now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    refresh: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Left out by browsers, which have the cookie */
        requestBody?: {
            content: {
                "application/json": components["schemas"]["RefreshBody"] | null;
            };
        };
        responses: {
            /** @description Fresh tokens */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Envelope_RefreshedView"];
                };
            };
            /** @description The request can't be read */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `session_ended`: sign in again */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `origin_not_allowed`: the request came from another site's page */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description The body is too long */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description The body is not application/json */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A field is wrong */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A fault of ours */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not available right now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    register: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Registration"];
            };
        };
        responses: {
            /** @description A mail is on its way, whether or not the address was taken */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Envelope_Option_bool"];
                };
            };
            /** @description The request can't be read */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description The token that came along is expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description The body is too long */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description The body is not application/json */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A field is wrong */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A fault of ours */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not available right now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    list_sessions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The sessions, the last used first */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Envelope_Vec_SessionView"];
                };
            };
            /** @description The request can't be read */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description No token, or one that is expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not allowed */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A field is wrong */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A fault of ours */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not available right now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    delete_session: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The session */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The session has ended */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Envelope_Option_bool"];
                };
            };
            /** @description The request can't be read */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description No token, or one that is expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not allowed */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description No such thing for this user */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A field is wrong */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A fault of ours */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not available right now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    list_tokens: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The tokens, newest first */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Envelope_Vec_ApiTokenView"];
                };
            };
            /** @description The request can't be read */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description No token, or one that is expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not allowed */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A field is wrong */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A fault of ours */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not available right now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    create_token: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key with the same body within 24 hours gives the first answer again and makes nothing twice */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewToken"];
            };
        };
        responses: {
            /** @description The token, shown once */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Envelope_NewTokenView"];
                };
            };
            /** @description The request can't be read */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description No token, or one that is expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not allowed */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `limit_reached` */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description The body is too long */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description The body is not application/json */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A field is wrong */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A fault of ours */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not available right now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    delete_token: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The token */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The token is removed */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Envelope_Option_bool"];
                };
            };
            /** @description The request can't be read */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description No token, or one that is expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not allowed */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description No such thing for this user */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A field is wrong */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A fault of ours */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not available right now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    update_profile: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ProfileChange"];
            };
        };
        responses: {
            /** @description The account as it is now */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Envelope_MeView"];
                };
            };
            /** @description The request can't be read */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description No token, or one that is expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not allowed */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description The body is too long */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description The body is not application/json */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A field is wrong */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A fault of ours */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not available right now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    verify_email: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MailTokenBody"];
            };
        };
        responses: {
            /** @description The address is proved */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Envelope_VerifiedView"];
                };
            };
            /** @description The request can't be read */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description The token that came along is expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description The body is too long */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description The body is not application/json */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `invalid_token`: wrong, spent or void */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A fault of ours */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not available right now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    show_docs: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The page */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
            /** @description The request can't be read */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description The token that came along is expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A field is wrong */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A fault of ours */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not available right now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    read_heatmap: {
        parameters: {
            query?: {
                /** @description `1h`, `24h` (where nothing is said) or `7d`. */
                range?: string;
                /** @description The most assets, 1 to 200; 100 where nothing is said. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Tiles, the best rank first */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Envelope_Vec_HeatmapTile"];
                };
            };
            /** @description Unchanged */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request can't be read */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description The token that came along is expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A field is wrong */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A fault of ours */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not available right now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    read_indicators: {
        parameters: {
            query?: {
                /** @description As for candles. */
                interval?: string;
                /** @description Up to 20, such as `sma:20,rsi:14,macd:12:26:9`; the usual ones where nothing is said. */
                set?: string;
                /** @description As for candles; the newest 300 where nothing is said. */
                range?: string;
                /** @description The beginning, in place of a range. */
                from?: string;
                /** @description The end, exclusive. */
                to?: string;
                /** @description Whether to give the whole series. */
                series?: boolean;
            };
            header?: never;
            path: {
                /** @description A ticker in any case, or an asset id */
                symbol: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Indicators */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Envelope_IndicatorsView"];
                };
            };
            /** @description Unchanged */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request can't be read */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description The token that came along is expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description No such thing for this user */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A field is wrong */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A fault of ours */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not available right now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    read_status: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The sources */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Envelope_StatusView"];
                };
            };
            /** @description Unchanged */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request can't be read */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description The token that came along is expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A field is wrong */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A fault of ours */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not available right now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    read_summary: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The market in figures */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Envelope_SummaryView"];
                };
            };
            /** @description Unchanged */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request can't be read */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description The token that came along is expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A field is wrong */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A fault of ours */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not available right now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    read_movers: {
        parameters: {
            query?: {
                /** @description `1h`, `24h` (where nothing is said) or `7d`. */
                range?: string;
                /** @description The most assets on each side, 1 to 200; 10 where nothing is said. */
                limit?: number;
                /** @description The least that was traded in 24 hours, in USD; 100,000 where nothing is said. */
                min_volume?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Rises and falls */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Envelope_MoversView"];
                };
            };
            /** @description Unchanged */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request can't be read */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description The token that came along is expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A field is wrong */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A fault of ours */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not available right now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    list_notifications: {
        parameters: {
            query?: {
                /** @description Only those that were not read, or only those that were. */
                unread?: boolean;
                /** @description The most rows of a page, 1 to 200. */
                limit?: number;
                /** @description The `next` of the page before. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of the list */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NotificationPage"];
                };
            };
            /** @description The request can't be read */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description No token, or one that is expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not allowed */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A field is wrong */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A fault of ours */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not available right now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    list_delivery_log: {
        parameters: {
            query?: {
                /** @description Of this channel alone. What stands in the list in the web app has no entry of its own. */
                channel?: "in_app" | "email" | "webhook" | "telegram" | "discord" | "ntfy";
                /** @description Those that stand so. */
                state?: "pending" | "sent" | "failed" | "suppressed";
                /** @description The most rows of a page, 1 to 200. */
                limit?: number;
                /** @description The `next` of the page before. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of the log */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PageEnvelope_LoggedDeliveryView"];
                };
            };
            /** @description The request can't be read */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description No token, or one that is expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not allowed */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A field is wrong */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A fault of ours */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not available right now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    read_preferences: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The preferences */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Envelope_PreferencesView"];
                };
            };
            /** @description The request can't be read */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description No token, or one that is expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not allowed */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A field is wrong */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A fault of ours */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not available right now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    replace_preferences: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PreferencesBody"];
            };
        };
        responses: {
            /** @description As they are now */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Envelope_PreferencesView"];
                };
            };
            /** @description The request can't be read */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description No token, or one that is expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not allowed */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description An old version */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description The body is too long */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description The body is not application/json */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A field is wrong */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A fault of ours */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not available right now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    change_preferences: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PreferencesBody"];
            };
        };
        responses: {
            /** @description As they are now */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Envelope_PreferencesView"];
                };
            };
            /** @description The request can't be read */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description No token, or one that is expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not allowed */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description An old version */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description The body is too long */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description The body is not application/json */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A field is wrong */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A fault of ours */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not available right now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    read_all_notifications: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description How many had not been read */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Envelope_ReadAllView"];
                };
            };
            /** @description The request can't be read */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description No token, or one that is expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not allowed */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description The body is too long */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description The body is not application/json */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A field is wrong */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A fault of ours */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not available right now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    send_test: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What happened on each channel */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Envelope_TestView"];
                };
            };
            /** @description The request can't be read */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description No token, or one that is expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not allowed */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description The body is too long */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description The body is not application/json */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A field is wrong */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A fault of ours */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not available right now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    show_unsubscribe: {
        parameters: {
            query?: {
                /** @description The token of the link. */
                token?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A plain page */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
            /** @description The request can't be read */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description The token that came along is expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description The link is of no use (any more); a plain page */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
            /** @description A field is wrong */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A fault of ours */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not available right now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    unsubscribe: {
        parameters: {
            query?: {
                /** @description The token of the link. */
                token?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Mails are stopped; a plain page */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
            /** @description The request can't be read */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description The token that came along is expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description The link is of no use (any more); a plain page */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
            /** @description The body is too long */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description The body is not application/json */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A field is wrong */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A fault of ours */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not available right now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    delete_notification: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The notification */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is gone */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Envelope_DeletedView"];
                };
            };
            /** @description The request can't be read */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description No token, or one that is expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not allowed */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description No such thing for this user */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A field is wrong */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A fault of ours */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not available right now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    list_deliveries: {
        parameters: {
            query?: {
                /** @description The most rows, 1 to 200; there is one for each channel. */
                limit?: number;
            };
            header?: never;
            path: {
                /** @description The notification */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Its deliveries */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PageEnvelope_DeliveryView"];
                };
            };
            /** @description The request can't be read */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description No token, or one that is expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not allowed */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description No such thing for this user */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A field is wrong */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A fault of ours */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not available right now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    read_notification: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The notification */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As it is now */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Envelope_NotificationView"];
                };
            };
            /** @description The request can't be read */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description No token, or one that is expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not allowed */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description No such thing for this user */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description The body is too long */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description The body is not application/json */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A field is wrong */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A fault of ours */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not available right now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    read_ohlc: {
        parameters: {
            query?: {
                /** @description `1m`, `5m`, `15m`, `30m`, `1h` (where nothing is said), `4h`, `1d` or `1w`. */
                interval?: string;
                /** @description As for the price history; without a range and without moments the newest 300. */
                range?: string;
                /** @description The beginning; it is floored to its bucket. */
                from?: string;
                /** @description The end, exclusive. */
                to?: string;
                /** @description The most candles, 1 to 5000: with `from` the oldest of them, else the newest. */
                limit?: number;
            };
            header?: never;
            path: {
                /** @description A ticker in any case, or an asset id */
                symbol: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Candles, oldest first */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CandlesEnvelope"];
                    "text/csv": string;
                };
            };
            /** @description Unchanged */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request can't be read */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description The token that came along is expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description No such thing for this user */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A field is wrong */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A fault of ours */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not available right now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    read_document: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The document, without an envelope */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
            /** @description It is still the one that was named */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request can't be read */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description The token that came along is expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A field is wrong */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A fault of ours */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not available right now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    read_price_history: {
        parameters: {
            query?: {
                /** @description `1h`, `6h`, `24h` (where nothing is said), `7d`, `30d`, `90d`, `1y` or `max`. */
                range?: string;
                /** @description The beginning, in place of a range. */
                from?: string;
                /** @description The end, exclusive. */
                to?: string;
                /** @description The most points, 2 to 5000; 500 where nothing is said. */
                points?: number;
            };
            header?: never;
            path: {
                /** @description A ticker in any case, or an asset id */
                symbol: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Points, oldest first */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Envelope_Vec_PointView"];
                };
            };
            /** @description Unchanged */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request can't be read */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description The token that came along is expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description No such thing for this user */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A field is wrong */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A fault of ours */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not available right now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    open_stream: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A WebSocket; its messages look like this */
            101: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StreamMessage"];
                };
            };
            /** @description The request does not ask for a WebSocket */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description The access token of the request counts for nothing */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Pages of this origin may not open streams */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A field is wrong */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Too many requests, or too many streams from this address */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A fault of ours */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Too many streams, or the server stops */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    read_portfolio: {
        parameters: {
            query?: {
                /** @description An earlier book, by number or id. */
                book?: string;
                /** @description How profit is counted. */
                cost_method?: "average" | "fifo";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The portfolio, valued now */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Envelope_PortfolioView"];
                };
            };
            /** @description The request can't be read */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description No token, or one that is expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not allowed */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A field is wrong */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A fault of ours */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not available right now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    fund_portfolio: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key with the same body within 24 hours gives the first answer again and makes nothing twice */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["FundBody"];
            };
        };
        responses: {
            /** @description Done */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Envelope_FundedView"];
                };
            };
            /** @description The request can't be read */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description No token, or one that is expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not allowed */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not enough free cash (`insufficient_funds`) */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description The body is too long */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description The body is not application/json */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A field is wrong */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A fault of ours */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not available right now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    list_fundings: {
        parameters: {
            query?: {
                /** @description An earlier book, by number or id. */
                book?: string;
                /** @description Rows of a page, 1 to 200. */
                limit?: number;
                /** @description The `next` of the page before. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PageEnvelope_FundingView"];
                };
            };
            /** @description The request can't be read */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description No token, or one that is expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not allowed */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A field is wrong */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A fault of ours */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not available right now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    import_trades: {
        parameters: {
            query?: {
                /** @description `true` shows what would be booked and what is wrong, and changes nothing. */
                preview?: boolean;
            };
            header?: {
                /** @description The same key with the same body within 24 hours gives the first answer again and makes nothing twice */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ImportBody"];
            };
        };
        responses: {
            /** @description A preview, or nothing in the file is new */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Envelope_ImportView"];
                };
            };
            /** @description Booked */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Envelope_ImportView"];
                };
            };
            /** @description The request can't be read */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description No token, or one that is expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not allowed */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description The present state forbids it, or the key belongs to another request: `idempotency_key_reused`, `idempotency_in_progress` */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description The body is too long */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description The body is not application/json */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description The file cannot be read, or some of its rows cannot be booked; `fields.csv` says which and why */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A fault of ours */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not available right now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    list_ledger: {
        parameters: {
            query?: {
                /** @description An earlier book, by number or id. */
                book?: string;
                /** @description Rows of a page, 1 to 200. */
                limit?: number;
                /** @description The `next` of the page before. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PageEnvelope_EntryView"];
                };
            };
            /** @description The request can't be read */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description No token, or one that is expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not allowed */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A field is wrong */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A fault of ours */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not available right now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    list_orders: {
        parameters: {
            query?: {
                /** @description A state, or `open` for those that wait. */
                status?: string;
                /** @description Of this asset, by ticker or id. */
                symbol?: string;
                /** @description An earlier book, by number or id. */
                book?: string;
                /** @description Rows of a page, 1 to 200. */
                limit?: number;
                /** @description The `next` of the page before. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PageEnvelope_OrderView"];
                };
            };
            /** @description The request can't be read */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description No token, or one that is expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not allowed */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A field is wrong */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A fault of ours */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not available right now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    create_order: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key with the same body within 24 hours gives the first answer again and makes nothing twice */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["OrderBody"];
            };
        };
        responses: {
            /** @description This `client_order_id` was placed before */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Envelope_PlacedView"];
                };
            };
            /** @description Placed */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Envelope_PlacedView"];
                };
            };
            /** @description The request can't be read */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description No token, or one that is expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not allowed */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `stale_price`, `no_price`, `insufficient_funds`, `insufficient_holding`, `client_order_id_reused` or `limit_reached` */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description The body is too long */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description The body is not application/json */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A field is wrong */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A fault of ours */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not available right now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    read_order: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The order */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The order */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Envelope_PlacedView"];
                };
            };
            /** @description The request can't be read */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description No token, or one that is expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not allowed */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description No such thing for this user */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A field is wrong */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A fault of ours */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not available right now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    cancel_order: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The order */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Cancelled */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Envelope_PlacedView"];
                };
            };
            /** @description The request can't be read */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description No token, or one that is expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not allowed */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description No such thing for this user */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description It has ended (`order_final`) */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A field is wrong */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A fault of ours */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not available right now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    read_performance: {
        parameters: {
            query?: {
                /** @description How far back; 30 days where nothing is said. */
                range?: "1h" | "6h" | "24h" | "7d" | "30d" | "90d" | "1y" | "max";
                /** @description An earlier book, by number or id. */
                book?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The figures */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Envelope_PerformanceView"];
                };
            };
            /** @description The request can't be read */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description No token, or one that is expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not allowed */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A field is wrong */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A fault of ours */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not available right now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    reset_portfolio: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key with the same body within 24 hours gives the first answer again and makes nothing twice */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ResetBody"];
            };
        };
        responses: {
            /** @description The fresh portfolio */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Envelope_PortfolioView"];
                };
            };
            /** @description The request can't be read */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description No token, or one that is expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not allowed */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description The present state forbids it, or the key belongs to another request: `idempotency_key_reused`, `idempotency_in_progress` */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description The body is too long */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description The body is not application/json */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A field is wrong */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A fault of ours */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not available right now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    list_trades: {
        parameters: {
            query?: {
                /** @description Of this asset, by ticker or id. */
                symbol?: string;
                /** @description `buy` or `sell`. */
                side?: "buy" | "sell";
                /** @description From then on. */
                from?: string;
                /** @description Before then. */
                to?: string;
                /** @description An earlier book, by number or id. */
                book?: string;
                /** @description Rows of a page, 1 to 200. */
                limit?: number;
                /** @description The `next` of the page before. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page; with `Accept: text/csv` all of them as a file */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PageEnvelope_TradeView"];
                    "text/csv": string;
                };
            };
            /** @description The request can't be read */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description No token, or one that is expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not allowed */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A field is wrong */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A fault of ours */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not available right now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    create_trade: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key with the same body within 24 hours gives the first answer again and makes nothing twice */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TradeBody"];
            };
        };
        responses: {
            /** @description Filled */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Envelope_FilledView"];
                };
            };
            /** @description The request can't be read */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description No token, or one that is expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not allowed */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `stale_price`, `no_price`, `insufficient_funds`, `insufficient_holding` or `max_slippage_exceeded` */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description The body is too long */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description The body is not application/json */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A field is wrong */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A fault of ours */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not available right now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    list_watchlists: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All lists */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Envelope_Vec_WatchlistView"];
                };
            };
            /** @description The request can't be read */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description No token, or one that is expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not allowed */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A field is wrong */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A fault of ours */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not available right now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    create_watchlist: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key with the same body within 24 hours gives the first answer again and makes nothing twice */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WatchlistBody"];
            };
        };
        responses: {
            /** @description Made */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Envelope_WatchlistView"];
                };
            };
            /** @description The request can't be read */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description No token, or one that is expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not allowed */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `name_taken` or `limit_reached` */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description The body is too long */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description The body is not application/json */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A field is wrong */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A fault of ours */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not available right now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    read_watchlist: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The list */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The list */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Envelope_WatchlistView"];
                };
            };
            /** @description The request can't be read */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description No token, or one that is expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not allowed */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description No such thing for this user */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A field is wrong */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A fault of ours */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not available right now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    replace_watchlist: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The list */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WatchlistPutBody"];
            };
        };
        responses: {
            /** @description The list */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Envelope_WatchlistView"];
                };
            };
            /** @description The request can't be read */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description No token, or one that is expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not allowed */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description No such thing for this user */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description `version_conflict` or `name_taken` */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description The body is too long */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description The body is not application/json */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A field is wrong */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A fault of ours */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not available right now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    delete_watchlist: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The list */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Deleted */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Envelope_Option_String"];
                };
            };
            /** @description The request can't be read */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description No token, or one that is expired or revoked */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not allowed */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description No such thing for this user */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A field is wrong */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A fault of ours */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not available right now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
        };
    };
    live: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It lives */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HealthView"];
                };
            };
            /** @description The request can't be read */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A field is wrong */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A fault of ours */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description It is stuck */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HealthView"];
                };
            };
        };
    };
    up: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It does */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HealthView"];
                };
            };
            /** @description The request can't be read */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A field is wrong */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Too many requests */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description A fault of ours */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description Not now */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HealthView"];
                };
            };
        };
    };
}
