/** Lets journeys run in every browser, and not only in Chromium. */
process.env.EVERY_BROWSER = 'yes';
