//! Sheets, fonts, pictures and bookmarks as the bytes of a file.

use pdf_writer::{Filter, Finish as _, Name, Pdf, Rect, Ref, TextStr};

use super::fonts::compressed;
use super::paper::{Bookmark, HEIGHT, Jpeg, Paper, WIDTH, picture_name};
use crate::report::document::Document;

pub(super) fn bytes(paper: Paper, document: &Document<'_>) -> Result<Vec<u8>, String> {
    let Paper { fonts, mut full, sheet, pictures, bookmarks, .. } = paper;
    full.push(sheet);
    let mut last = 0;
    let mut next = || {
        last += 1;
        Ref::new(last)
    };
    let mut pdf = Pdf::new();
    let [catalog, tree, info] = [next(), next(), next()];
    let fonts = fonts.write(&mut pdf, &mut next)?;
    let pictures: Vec<Ref> =
        pictures.iter().map(|picture| write_picture(&mut pdf, next(), picture)).collect::<Result<_, _>>()?;
    let sheets: Vec<Ref> = full.iter().map(|_| next()).collect();
    for (sheet, id) in full.into_iter().zip(&sheets) {
        let content = next();
        let mut page = pdf.page(*id);
        page.media_box(Rect::new(0.0, 0.0, WIDTH, HEIGHT)).parent(tree).contents(content);
        let mut resources = page.resources();
        resources.fonts().pairs(fonts.iter().map(|(key, font)| (Name(key), *font)));
        let mut dict = resources.x_objects();
        for picture in &sheet.pictures {
            if let Some(id) = pictures.get(*picture) {
                dict.pair(Name(picture_name(*picture).as_bytes()), *id);
            }
        }
        dict.finish();
        resources.finish();
        page.finish();
        let bytes = compressed(sheet.content.finish().as_slice())?;
        pdf.stream(content, &bytes).filter(Filter::FlateDecode);
    }
    let count = i32::try_from(sheets.len()).map_err(|error| error.to_string())?;
    pdf.pages(tree).kids(sheets.iter().copied()).count(count);
    let outline = write_bookmarks(&mut pdf, &mut next, &bookmarks, &sheets);
    let title = format!("{}: {}", document.title, document.subtitle);
    pdf.document_info(info)
        .title(TextStr(&title))
        .subject(TextStr(document.notice))
        .creator(TextStr(concat!("overread ", env!("CARGO_PKG_VERSION"))));
    let mut root = pdf.catalog(catalog);
    root.pages(tree).lang(TextStr(document.language.tag()));
    if let Some(outline) = outline {
        root.outlines(outline);
    }
    root.finish();
    Ok(pdf.finish())
}

fn write_picture(pdf: &mut Pdf, id: Ref, picture: &Jpeg) -> Result<Ref, String> {
    let side = |pixels: u32| i32::try_from(pixels).map_err(|error| error.to_string());
    let mut image = pdf.image_xobject(id, &picture.bytes);
    image.width(side(picture.cols)?).height(side(picture.rows)?).bits_per_component(8);
    image.filter(Filter::DctDecode);
    image.color_space().device_rgb();
    image.finish();
    Ok(id)
}

fn write_bookmarks(
    pdf: &mut Pdf,
    next: &mut dyn FnMut() -> Ref,
    bookmarks: &[Bookmark],
    sheets: &[Ref],
) -> Option<Ref> {
    let outline = next();
    let ids: Vec<Ref> = bookmarks.iter().map(|_| next()).collect();
    let (first, last) = (ids.first()?, ids.last()?);
    pdf.outline(outline).first(*first).last(*last).count(i32::try_from(ids.len()).ok()?);
    for (at, (bookmark, id)) in bookmarks.iter().zip(&ids).enumerate() {
        let mut item = pdf.outline_item(*id);
        item.parent(outline).title(TextStr(&bookmark.title));
        if let Some(before) = at.checked_sub(1).and_then(|at| ids.get(at)) {
            item.prev(*before);
        }
        if let Some(after) = ids.get(at + 1) {
            item.next(*after);
        }
        if let Some(sheet) = sheets.get(bookmark.sheet) {
            item.dest().page(*sheet).xyz(0.0, HEIGHT - bookmark.y, None);
        }
    }
    Some(outline)
}
