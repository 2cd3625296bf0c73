/** First digits and lengths of the card networks; a number outside them is an id, not a card. */
const NETWORKS: readonly RegExp[] = [
  /^4(?:\d{12}|\d{15}|\d{18})$/, // Visa
  /^(?:5[1-5]\d{14}|2[2-7]\d{14})$/, // Mastercard
  /^3[47]\d{13}$/, // American Express
  /^(?:6011\d{12}|65\d{14}|64[4-9]\d{13})$/, // Discover
  /^35\d{14}$/, // JCB
  /^3(?:0[0-5]|[68]\d)\d{11}$/, // Diners Club
  /^62\d{14,17}$/, // UnionPay
];

/** Whether digits (spaces and dashes allowed) are a payment card number: network and Luhn check. */
export function isCreditCard(text: string): boolean {
  const digits = text.replace(/[ -]/g, "");
  return NETWORKS.some((network) => network.test(digits)) && passesLuhn(digits);
}

/** ISO/IEC 7812-1, annex B. */
function passesLuhn(digits: string): boolean {
  let sum = 0;
  for (let index = 0; index < digits.length; index += 1) {
    const digit = digits.charCodeAt(digits.length - 1 - index) - 48;
    const doubled = index % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}
