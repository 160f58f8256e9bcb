// Which sub-packages this build carries: leaving one out of app.json takes its line away here too.
export const MEMBER = true
export const STAFF = true
