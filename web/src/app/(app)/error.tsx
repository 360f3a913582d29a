"use client";
import { ErrorPage } from "@/features/shell/error-page";

export default ErrorPage;
