/** The size of letters in dots. */
export const WIDTH = 5;
export const HEIGHT = 7;

/** Letters for pictures, of 5 × 7 dots: a digit in base 32 for each row, from above, whose bits are dots from the left. */
const LETTERS = `
0ehjlphe 14c4444e 2eh1248v 3v2421he 426aiv22 5vgu11he 668guhhe 7v124888 8ehhehhe 9ehhf12c
Aehhvhhh Buhhuhhu Cehggghe Dsihhhis Evgguggv Fvgguggg Gehgnhhf Hhhhvhhh Ie44444e J72222ic Khikokih Lggggggv
Mhrllhhh Nhhpljhh Oehhhhhe Puhhuggg Qehhhlid Ruhhukih Sfgge11u Tv444444 Uhhhhhhe Vhhhhha4 Whhhllla Xhha4ahh
Yhhha444 Zv1248gv
a00e1fhf bggmphhu c00egghe d11djhhf e00ehvge f698s888 g00fhf1e hggmphhh i40c444e j20622ic kggikoki lc44444e
m00qllhh n00mphhh o00ehhhe p00uhugg q00djf11 r00mpggg s00ege1u t88s8896 u00hhhjd v00hhha4 w00hhlla x00ha4ah
y00hhf1e z00v248v
-000e000 .00000cc ,0000c48 =00v0v00 +044v440 /01248g0 :0cc0cc0 _000000v (2488842 )8422248 %op248j3 #aavavaa
'4480000 &cik8lid >8421248 <248g842 ?eh12404 !4444004 *04lel40
`;

/** A box, for letters that are not here. */
export const UNKNOWN = 'vhhhhhv';

/** The rows of each letter. */
export const GLYPHS: ReadonlyMap<string, string> = new Map([
  [' ', '0000000'],
  ...LETTERS.trim()
    .split(/\s+/)
    .map((entry): [string, string] => [entry.slice(0, 1), entry.slice(1)]),
]);
