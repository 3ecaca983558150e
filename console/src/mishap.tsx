import { Component, type ReactNode } from 'react';

/** A page that breaks says so instead of leaving an empty window. */
export class Mishap extends Component<{ readonly children: ReactNode }, { readonly why: string | undefined }> {
  override state: { readonly why: string | undefined } = { why: undefined };

  static getDerivedStateFromError(error: unknown): { why: string } {
    return { why: error instanceof Error ? error.message : String(error) };
  }

  override render(): ReactNode {
    if (this.state.why === undefined) return this.props.children;
    return (
      <div role="alert">
        <h1>This page broke</h1>
        <p>{this.state.why}</p>
        <button type="button" className="main" onClick={() => window.location.reload()}>
          Load it again
        </button>
      </div>
    );
  }
}
