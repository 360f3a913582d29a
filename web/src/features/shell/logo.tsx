/** The candle. */
export function Logo({ className }: { className?: string }) {
  return (
    <svg viewBox="0 0 24 24" className={className} aria-hidden="true">
      <path d="M12 1.5v4M12 18.5v4" stroke="currentColor" strokeWidth="2" strokeLinecap="round" />
      <rect x="7.5" y="5.5" width="9" height="13" rx="2" fill="currentColor" />
    </svg>
  );
}
