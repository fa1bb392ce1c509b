/**
 * By how much the sound has fallen behind the clock. A call's lag is the clock minus the sound's position; devices ask
 * for several blocks at a time, so single lags scatter, but the least one of a span grows only where sound is missing.
 */
export class Lateness {
  private least = Infinity;
  private leastBefore = Infinity;

  /** A call begins; both in milliseconds, from any two origins. */
  note(clock: number, position: number): void {
    this.least = Math.min(this.least, clock - position);
  }

  /** Milliseconds by which the sound has fallen behind since this was asked last. */
  take(): number {
    const late = Math.max(0, this.least - this.leastBefore);
    this.leastBefore = this.least;
    this.least = Infinity;
    return late;
  }

  /** The sound had been halted: counts from here on. */
  restart(): void {
    this.least = Infinity;
    this.leastBefore = Infinity;
  }
}
