import type { PostStatus, Topic } from "./posts.ts";

/** A post as written here; the age is turned into a time when the board is filled. */
export interface WrittenPost {
  readonly title: string;
  readonly body: string;
  readonly author: string | null;
  readonly topic: Topic;
  readonly status?: PostStatus;
  readonly likes: number;
  readonly ageHours: number;
  readonly comments?: readonly (readonly [author: string, body: string])[];
}

export const WRITTEN_POSTS: readonly WrittenPost[] = [
  {
    title: "Rolling out 4.18 this afternoon",
    body: "We start at 14:00 with the booking service, then search, then the web shop. Expect two short restarts per service. If the checkout looks odd after 15:00, shout in this thread and I will roll back first and ask questions later.",
    author: "Priya Nair",
    topic: "release",
    likes: 14,
    ageHours: 2,
    comments: [
      ["Jonas Weber", "Search is done, latency looks the same as before."],
      ["Amara Okafor", "Checkout smoke test is green on my side."],
    ],
  },
  {
    title: "Who can look at the printer on the second floor?",
    body: "It prints the first page of everything and then thinks about its life. I switched it off and on, and cleaned the rollers. The display says E-51, the manual says to call somebody.",
    author: "Tom Haddad",
    topic: "help",
    likes: 3,
    ageHours: 5,
    comments: [
      [
        "Lena Fischer",
        "E-51 is the paper sensor. I have the spare part, will come by after lunch.",
      ],
      ["Tom Haddad", "You are a hero."],
      ["Mateo Silva", "Until then: the one next to the kitchen is faster anyway."],
    ],
  },
  {
    title: "Bread and soup on Thursday",
    body: "The kitchen group cooks lentil soup, with and without bacon. Bring a bowl and, if you can, two euros for the jar. We eat at 12:30 in the big room; leftovers go to whoever washes up.",
    author: "Lena Fischer",
    topic: "social",
    likes: 27,
    ageHours: 9,
    comments: [
      ["Amara Okafor", "I bring bread from the market."],
      ["Yuki Tanaka", "Washing up for leftovers is a fair deal."],
    ],
  },
  {
    title: "The backup of Sunday was restored, and it works",
    body: "We do this every quarter: take the last backup, restore it on an empty machine, and compare the counts. 41 minutes from nothing to a working shop, which is six better than last time. The page with the steps is up to date again.",
    author: "Jonas Weber",
    topic: "news",
    likes: 31,
    ageHours: 22,
    comments: [["Priya Nair", "Thank you for doing this although nothing was on fire."]],
  },
  {
    title: "New colleague on Monday: Ines",
    body: "Ines joins the support desk from Monday. She comes from a bike shop, so be careful what you say about yours. Coffee with everybody at 10:00 by the window.",
    author: "Amara Okafor",
    topic: "news",
    likes: 38,
    ageHours: 27,
    comments: [
      ["Mateo Silva", "Welcome, Ines! My rear brake squeaks."],
      ["Yuki Tanaka", "Give her at least one day, Mateo."],
    ],
  },
  {
    title: "Windows in the small meeting room stay closed this week",
    body: "The scaffolding is up until Friday and the painters are quick but not tidy. The air is better in the big room; please book that one.",
    author: "Facilities",
    topic: "office",
    likes: 5,
    ageHours: 31,
  },
  {
    title: "Does anybody remember why orders keep two currencies?",
    body: "I am cleaning up the export and found both “currency” and “settlement currency”. They differ in 212 of 1.4 million rows. Before I write down something clever: is there a reason older than me?",
    author: "Yuki Tanaka",
    topic: "help",
    likes: 8,
    ageHours: 47,
    comments: [
      ["Jonas Weber", "Gift cards bought abroad. The 212 are right, please keep them."],
      ["Yuki Tanaka", "So it is older than me. Writing it down now."],
    ],
  },
  {
    title: "Fire drill: 3 minutes 40, everyone out",
    body: "Well done. The back stairs were blocked by two bicycles for the first minute, so those have a new home by the gate. The next drill will not be announced.",
    author: "Facilities",
    topic: "office",
    likes: 12,
    ageHours: 56,
    comments: [["Mateo Silva", "One of those bicycles may have been mine. Sorry."]],
  },
  {
    title: "Release notes 4.17: what customers will notice",
    body: "Saved baskets survive a change of device. The address form accepts house numbers with letters. The order mail no longer shows the price of the gift. Under the hood: the search index is rebuilt in the night and not at noon.",
    author: "Priya Nair",
    topic: "release",
    likes: 17,
    ageHours: 75,
  },
  {
    title: "Lost: one blue thermos flask",
    body: "Last seen in the big room on Tuesday, near the plants. It has a dent and sentimental value.",
    author: "Mateo Silva",
    topic: "social",
    likes: 2,
    ageHours: 80,
    comments: [["Ines Duarte", "There is one in the cupboard above the sink, with a dent."]],
  },
  {
    title: "Guest list for the summer evening",
    body: "Copied over from the old board. We need a head count for the boat by the end of the month; the landing stage holds sixty.",
    author: null,
    topic: "social",
    status: "draft",
    likes: 0,
    ageHours: 98,
  },
  {
    title: "Opening hours around the holidays",
    body: "Copied over from the old board. Please check the dates before this goes out: the support desk closes at noon on the 24th and opens again on the 2nd.",
    author: null,
    topic: "office",
    status: "draft",
    likes: 0,
    ageHours: 120,
  },
  {
    title: "Ideas for the next hack day",
    body: "A first list: a map of deliveries on the lobby screen, tickets from voice mail, and a lamp that turns red when the build does. Add yours before I publish this.",
    author: "Yuki Tanaka",
    topic: "news",
    status: "draft",
    likes: 0,
    ageHours: 130,
  },
  {
    title: "What we learned from the slow Tuesday",
    body: "From 11:05 to 11:52 every fourth page took more than five seconds. The cause was a report that somebody ran without a date, which read the whole table while the shop was busy. It now asks for a date, reads from the copy, and stops after thirty seconds. Nobody is to blame for pressing a button that we put there.",
    author: "Jonas Weber",
    topic: "news",
    likes: 44,
    ageHours: 146,
    comments: [
      ["Priya Nair", "Added to the list of things we try out before each release."],
      ["Tom Haddad", "It was me, and I appreciate the last sentence."],
      ["Amara Okafor", "Customers were kind about it. Seven tickets, all answered."],
    ],
  },
];

export const ARCHIVE_AUTHORS: readonly [string, ...string[]] = [
  "Priya Nair",
  "Jonas Weber",
  "Lena Fischer",
  "Amara Okafor",
  "Tom Haddad",
  "Yuki Tanaka",
  "Mateo Silva",
  "Facilities",
];

/** What a year of an ordinary board is full of; `#` becomes a number. */
export const ARCHIVE_POSTS: readonly [WrittenArchive, ...WrittenArchive[]] = [
  {
    title: "Canteen, week #",
    topic: "office",
    body: "Monday pasta with mushrooms, Tuesday fish from the market, Wednesday curry with rice, Thursday soup, Friday whatever is left and always the best day. Allergens are on the door.",
  },
  {
    title: "Release notes 3.#",
    topic: "release",
    body: "Mostly small repairs: the basket keeps its order, the invoice shows the right address, two slow queries of the warehouse got an index. Known problem: the filter forgets its choice after a reload.",
  },
  {
    title: "On call, week #",
    topic: "news",
    body: "Handover on Monday at ten. Last week had two pages at night, both from the disk of the old file server, which is now half as full. The notes are on the wiki page of the rota.",
  },
  {
    title: "Support desk: # tickets this week",
    topic: "news",
    body: "Most asked: where is my parcel, how do I change the delivery address, and why did the voucher not work. The voucher one was ours: it expired at midnight in the wrong time zone. Repaired on Wednesday.",
  },
  {
    title: "Parcel at the front desk (no. #)",
    topic: "help",
    body: "A parcel without a name is waiting at the front desk. It is heavy, it does not tick, and the sender is a shop for aquariums. Please pick it up before Friday.",
  },
  {
    title: "Running group, round #",
    topic: "social",
    body: "We meet at the gate at 17:30, run along the river to the second bridge and back, six kilometres, slow enough to talk. Showers are free, towels are not.",
  },
  {
    title: "Maintenance of the warehouse network, window #",
    topic: "release",
    body: "Between 20:00 and 22:00 the scanners will lose their connection twice for a few minutes. Orders are kept on the device and sent later; nothing has to be typed again.",
  },
  {
    title: "Looking for a second pair of eyes, case #",
    topic: "help",
    body: "I cannot make the nightly import fail on my machine, but it fails one night in ten with a timeout after exactly thirty seconds. Logs are attached to the ticket. Half an hour of your time for one slice of cake.",
  },
];

export interface WrittenArchive {
  readonly title: string;
  readonly topic: Topic;
  readonly body: string;
}

export const ARCHIVE_COMMENTS: readonly [string, ...string[]] = [
  "Thank you, that helps.",
  "Done, please have another look.",
  "I was wondering about the same thing.",
  "See you there.",
  "Can we talk about this on Monday?",
  "It works again since this morning.",
];
