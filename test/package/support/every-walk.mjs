/** Lets the specs of the first hour follow each guide with every bundler in every language. */
process.env.EVERY_WALK = 'yes';
