import type { RequestHandler } from 'express';

/** The one style element that Aurelia adds by itself (`aurelia-hide`). */
const aureliaHideStyle = "'sha256-ATeSIcqM6UxTblzmyyICgZWZUpvkDFfJxeK3WjeUN90='";

const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  `style-src 'self' ${aureliaHideStyle}`,
  "img-src 'self'",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'self'",
  "frame-ancestors 'none'",
].join('; ');

/** A token in localStorage is as safe as the page's scripts: only this server's own may run. */
export const securityHeaders: RequestHandler = (_req, res, next) => {
  res.set({
    'Content-Security-Policy': contentSecurityPolicy,
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Permissions-Policy': 'camera=(), geolocation=(), microphone=()',
    'Referrer-Policy': 'no-referrer',
    'X-Content-Type-Options': 'nosniff',
  });
  next();
};
