"use client";
import dynamic from "next/dynamic";
import type { AlertDialogProps } from "./alert-dialog";

const Fetched = dynamic(() => import("./alert-dialog").then((module) => module.AlertDialog), { ssr: false });

/** The alert's form with all it needs, fetched when it is first opened. */
export function LazyAlertDialog(props: AlertDialogProps) {
  return props.open ? <Fetched {...props} /> : null;
}
