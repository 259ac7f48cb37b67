// Numbers, times and places as text, in the page's language; geodesics on WGS 84.

const NM_M = 1852;

function decimal(value, digits) {
  const text = value.toFixed(digits);
  return language === 'fr' ? text.replace('.', ',').replace('-', '−') : text;
}

// French sets a narrow space before the percent sign.
const percent = (value) => (language === 'fr' ? `${value}\u202f%` : `${value}\u00a0%`);
const degrees = (value) => `${String(Math.round(value + 360) % 360).padStart(3, '0')}°`;
const miles = (metres) => `${decimal(metres / NM_M, metres < 20 * NM_M ? 2 : 1)}\u00a0NM`;
const knots = (value) => `${decimal(value, 1)}\u00a0kn`;

function utc(seconds, withDate) {
  const text = new Date(Math.round(seconds) * 1000).toISOString();
  return (withDate ? text.slice(0, 10) + ' ' : '') + text.slice(11, 19);
}

// A time of the run; the date is with it where the run has more than one.
const clock = (seconds) => utc(seconds, !oneDay);

// 50°52.34′N 001°35.20′E, in French with a comma and O for ouest.
function degreesMinutes(lat, lon) {
  const around = ((lon + 180) % 360 + 360) % 360 - 180;
  return angle(lat, 2, 'N', 'S', 2) + ' ' + angle(around, 3, 'E', language === 'fr' ? 'O' : 'W', 2);
}

function angle(value, width, positive, negative, digits) {
  const parts = 10 ** digits;
  const whole = Math.round(Math.abs(value) * 60 * parts);
  const full = Math.floor(whole / 60 / parts);
  const minutes = decimal((whole - full * 60 * parts) / parts, digits).padStart(digits ? 3 + digits : 2, '0');
  return `${String(full).padStart(width, '0')}°${minutes}′${value < 0 ? negative : positive}`;
}

// Distance in metres and bearing in degrees true at the first point: Vincenty, Survey Review 176
// (1975), inverse formula. Nearly opposite points, where it does not converge, take the sphere.
function geodesic(from, to) {
  const a = 6378137, f = 1 / 298.257223563, b = a * (1 - f);
  const radians = Math.PI / 180, L = (to.lon - from.lon) * radians;
  const [U1, U2] = [from, to].map((p) => Math.atan((1 - f) * Math.tan(p.lat * radians)));
  const [s1, c1, s2, c2] = [Math.sin(U1), Math.cos(U1), Math.sin(U2), Math.cos(U2)];
  let lambda = L;
  for (let i = 0; i < 60; i++) {
    const sl = Math.sin(lambda), cl = Math.cos(lambda);
    const sinSigma = Math.hypot(c2 * sl, c1 * s2 - s1 * c2 * cl);
    if (sinSigma === 0) return { metres: 0, bearing: 0 };
    const cosSigma = s1 * s2 + c1 * c2 * cl, sigma = Math.atan2(sinSigma, cosSigma);
    const sinAlpha = c1 * c2 * sl / sinSigma, cos2Alpha = 1 - sinAlpha ** 2;
    const cos2m = cos2Alpha ? cosSigma - 2 * s1 * s2 / cos2Alpha : 0;
    const C = f / 16 * cos2Alpha * (4 + f * (4 - 3 * cos2Alpha));
    const before = lambda;
    lambda = L + (1 - C) * f * sinAlpha
      * (sigma + C * sinSigma * (cos2m + C * cosSigma * (2 * cos2m ** 2 - 1)));
    if (Math.abs(lambda - before) > 1e-12) continue;
    const u2 = cos2Alpha * (a * a - b * b) / (b * b);
    const A = 1 + u2 / 16384 * (4096 + u2 * (u2 * (320 - 175 * u2) - 768));
    const B = u2 / 1024 * (256 + u2 * (u2 * (74 - 47 * u2) - 128));
    const off = B * sinSigma * (cos2m + B / 4 * (cosSigma * (2 * cos2m ** 2 - 1)
      - B / 6 * cos2m * (4 * sinSigma ** 2 - 3) * (4 * cos2m ** 2 - 3)));
    const bearing = Math.atan2(c2 * Math.sin(lambda), c1 * s2 - s1 * c2 * Math.cos(lambda));
    return { metres: b * A * (sigma - off), bearing: (bearing / radians + 360) % 360 };
  }
  return onSphere(from, to);
}

function onSphere(from, to) {
  const radians = Math.PI / 180, [p, q, l] = [from.lat, to.lat, to.lon - from.lon].map((v) => v * radians);
  const h = Math.sin((q - p) / 2) ** 2 + Math.cos(p) * Math.cos(q) * Math.sin(l / 2) ** 2;
  const bearing = Math.atan2(Math.sin(l) * Math.cos(q),
    Math.cos(p) * Math.sin(q) - Math.sin(p) * Math.cos(q) * Math.cos(l));
  return { metres: 2 * 6371008.8 * Math.asin(Math.sqrt(h)), bearing: (bearing / radians + 360) % 360 };
}

// A place at an azimuth (degrees) and range (metres) from another, on the sphere.
function travelled({ lat: lat0, lon: lon0 }, azimuth, range) {
  const d = range / 6371008.8, a = azimuth * Math.PI / 180, lat = lat0 * Math.PI / 180;
  const sin = Math.sin(lat) * Math.cos(d) + Math.cos(lat) * Math.sin(d) * Math.cos(a);
  const east = Math.atan2(Math.sin(a) * Math.sin(d) * Math.cos(lat), Math.cos(d) - Math.sin(lat) * sin);
  return [Math.asin(sin) * 180 / Math.PI, lon0 + east * 180 / Math.PI];
}
